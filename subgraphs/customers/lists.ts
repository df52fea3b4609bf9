// The names of the lists, by which a cursor tells where it belongs.

export const CUSTOMERS = 'customers'
export const timelineOf = (customerId: string) => `timeline/${customerId}`
export const interactionsOf = (customerId: string | null | undefined) => `interactions/${customerId ?? ''}`
