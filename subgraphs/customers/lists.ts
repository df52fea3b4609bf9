// The names of the lists, by which a cursor tells where it belongs.
import { listNameOf } from '../../core/listing.ts'
import type { CustomersArgs, InteractionsArgs } from './listings.ts'

export const timelineOf = (customerId: string) => `timeline/${customerId}`
export const customersList = ({ filter, orderBy }: CustomersArgs) => listNameOf('customers', filter, orderBy)
export const interactionsList = ({ customerId, filter, orderBy }: InteractionsArgs) =>
  listNameOf(`interactions/${customerId ?? ''}`, filter, orderBy)
export const searchList = (of: 'customers' | 'interactions', words: readonly string[]) =>
  listNameOf(`search/${of}`, words)
