// The silos that this graph reads. Adding one is a folder with its schema, its mapping and an example, and a line here.
import { callSource } from './call/source.ts'
import { competitorMoveSource } from './competitor-move/source.ts'
import { competitorProductSource } from './competitor-product/source.ts'
import { crmAccountSource } from './crm-account/source.ts'
import { crmContactSource } from './crm-contact/source.ts'
import { crmDealSource } from './crm-deal/source.ts'
import { erpOrderSource } from './erp-order/source.ts'
import { erpStockSource } from './erp-stock/source.ts'
import { feishuChatSource } from './feishu-chat/source.ts'
import { fieldVisitSource } from './field-visit/source.ts'
import { financePlanSource } from './finance-plan/source.ts'
import { mailSource } from './mail/source.ts'
import { policyChangeSource } from './policy-change/source.ts'
import { publicOpinionSource } from './public-opinion/source.ts'
import type { Source } from './record.ts'
import { serviceFulfilmentSource } from './service-fulfilment/source.ts'
import { shopQuoteSource } from './shop-quote/source.ts'
import { shopStockSource } from './shop-stock/source.ts'
import { weatherSource } from './weather/source.ts'
import { webSource } from './web/source.ts'
import { weComChatSource } from './wecom-chat/source.ts'

const all: readonly Source[] = [
  callSource,
  competitorMoveSource,
  competitorProductSource,
  crmAccountSource,
  crmContactSource,
  crmDealSource,
  erpOrderSource,
  erpStockSource,
  feishuChatSource,
  fieldVisitSource,
  financePlanSource,
  mailSource,
  policyChangeSource,
  publicOpinionSource,
  serviceFulfilmentSource,
  shopQuoteSource,
  shopStockSource,
  weComChatSource,
  weatherSource,
  webSource,
]

export const sourceNames = () => [...sources.keys()]

export const sources: ReadonlyMap<string, Source> = new Map(all.map(source => [source.name, source]))
