// The silos that this graph reads. Adding one is a file with its schema and a line here.
import { callSource } from './call.ts'
import { crmAccountSource } from './crm-account.ts'
import { crmDealSource } from './crm-deal.ts'
import type { Source } from './record.ts'
import { weComChatSource } from './wecom-chat.ts'

const all = [callSource, crmAccountSource, crmDealSource, weComChatSource]

export const sources: ReadonlyMap<string, Source> = new Map(all.map(source => [source.name, source]))
