// Every statement that stores put together from texts, by asking each store everything it answers, for each row scope.
import { consentCounts } from '../../core/consent/consent-counts.ts'
import { consentDetails, consentsOf, visibleRows } from '../../core/consent/consent-store.ts'
import { shownOf } from '../../core/consent/images.ts'
import type { RequestContext } from '../../core/context.ts'
import { cypher } from '../../core/graph/cypher.ts'
import type { Graph, Statement } from '../../core/graph/graph.ts'
import { EVERYTHING } from '../../core/listing.ts'
import type { PageRequest } from '../../core/paging.ts'
import type { EntityMasks } from '../../core/policy/entity-masks.ts'
import { type FieldImage, type Law, PUBLIC_IMAGE } from '../../core/policy/field-image.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { type Policy, type RowScope, rowScopes } from '../../core/policy/policy.ts'
import { customerStore } from '../../subgraphs/customers/customer-store.ts'
import { environmentsOf } from '../../subgraphs/customers/environment-store.ts'
import { newestStatements, recordsOf } from '../../subgraphs/customers/identity/formation-store.ts'
import { customersListing, interactionsListing } from '../../subgraphs/customers/listings.ts'
import { searchListing } from '../../subgraphs/customers/search/search.ts'
import { type CustomerSelection, customerFields, interactionFields } from '../../subgraphs/customers/selection.ts'
import { visibleCustomers } from '../../subgraphs/metrics/lineage-store.ts'
import { opportunityFields, opportunityStore } from '../../subgraphs/sales/opportunity-store.ts'
import { orderStore } from '../../subgraphs/sales/order-store.ts'
import { tradeOf, tradesPage } from '../../subgraphs/talent/exchange/trade-store.ts'
import { peopleStatement, subjectOf, whomViewerKnows } from '../../subgraphs/talent/routing/routing-store.ts'
import { statementOf } from '../../subgraphs/talent/settlement/ledger-store.ts'
import {
  contributionsPage,
  isVisibleSeller,
  settlementOf,
  settlementsPage,
} from '../../subgraphs/talent/settlement/settlement-store.ts'
import { mayDecideFor } from '../../subgraphs/talent/tasks/people-store.ts'
import { assignmentsOf } from '../../subgraphs/talent/tasks/task-store.ts'
import { composedStatement, type StatementInSource } from './statements.ts'

const NEWEST: PageRequest = { first: 2, afterId: undefined }
const AFTER: PageRequest = { first: 2, afterId: 'an-id' }
const VIEWER = { kind: 'REP', id: 'somebody' } as const

const LAWS: readonly Law[] = [
  { regions: ['EU-DE'], anyOf: [['SALES_FOLLOW_UP'], ['MARKETING', 'AI_DECISION']] },
  { regions: ['CN-SH'], anyOf: [] },
  { regions: 'OTHERS', anyOf: [[]] },
]

/** Every way in which a field may look to a viewer, as statements tell them apart. */
const IMAGES: readonly FieldImage[] = [
  { effect: 'NEVER' },
  { effect: 'SHOWN', mask: undefined, laws: LAWS, bornUntil: '2008-01-01' },
  { effect: 'SHOWN', mask: 'YEAR_ONLY', laws: LAWS.slice(2) },
  { effect: 'SHOWN', mask: 'YEAR_ONLY', laws: [{ regions: 'OTHERS', anyOf: [['ANALYTICS']] }] },
  { effect: 'SHOWN', mask: 'REDACT', laws: LAWS },
]

/** The longest statements and the shortest, each as a part of the file that puts it together. */
export async function composedStatements(): Promise<readonly StatementInSource[]> {
  const found: StatementInSource[] = []
  for (const engine of ['embedded', 'neo4j'] as const) {
    for (const scope of rowScopes) {
      const asked = (file: string, ask: (request: RequestContext) => readonly Promise<unknown>[]) => {
        const note = (text: string) => found.push(composedStatement(file, `${scope} on ${engine}`, text, engine))
        return Promise.all(ask(requestOf(notingGraph(engine, note), policyOf(scope))))
      }
      await asked('core/consent/consent-store.ts', askConsents)
      await asked('core/consent/consent-counts.ts', askCounts)
      await asked('subgraphs/customers/customer-store.ts', askCustomers)
      for (const image of IMAGES) {
        const seen = (request: RequestContext) => ({ ...request, masks: masksOf(image) })
        await asked('subgraphs/customers/customer-store.ts', request => askOrdered(seen(request)))
        await asked('subgraphs/customers/identity/formation-store.ts', request => askRecords(seen(request)))
      }
      await asked('subgraphs/customers/environment-store.ts', request => [environmentsOf(request, ['an-id'])])
      await asked('subgraphs/sales/opportunity-store.ts', askOpportunities)
      await asked('subgraphs/sales/order-store.ts', askOrders)
      await asked('subgraphs/metrics/lineage-store.ts', request => [visibleCustomers(request, 'an-id', 2)])
      await asked('subgraphs/talent/settlement/ledger-store.ts', request => [statementOf(request, 'an-id', AFTER)])
      await asked('subgraphs/talent/settlement/settlement-store.ts', askSettlements)
      await asked('subgraphs/talent/exchange/trade-store.ts', askTrades)
      await asked('subgraphs/talent/tasks/task-store.ts', request => [assignmentsOf(request, ['an-id'], AFTER)])
      await asked('subgraphs/talent/tasks/people-store.ts', askWhomItMayDecideFor)
      await asked('subgraphs/talent/routing/routing-store.ts', askWhoTakesPart)
    }
  }
  return found
}

function askOrders(request: RequestContext): readonly Promise<unknown>[] {
  const store = orderStore(request)
  return ['a-customer', null].flatMap(customerId => [
    store.ordersPage(customerId, AFTER),
    store.fulfilmentsPage(customerId, AFTER),
  ])
}

function askConsents({ services: { graph }, policy, viewer }: RequestContext): readonly Promise<unknown>[] {
  const reader = { run: graph.read }
  return consentDetails.map(detail => consentsOf(reader, visibleRows(policy, viewer), ['an-id'], detail))
}

function askCounts({ services: { graph }, policy, viewer }: RequestContext): readonly Promise<unknown>[] {
  return [consentCounts({ run: graph.read }, visibleRows(policy, viewer))]
}

function askCustomers(request: RequestContext): readonly Promise<unknown>[] {
  const store = customerStore(request)
  const nothing: CustomerSelection = { fields: [], timeline: undefined }
  const everything = (page: PageRequest): CustomerSelection => ({
    fields: customerFields,
    timeline: { page, fields: interactionFields },
  })
  return [nothing, everything(NEWEST), everything(AFTER)].flatMap(customer => {
    const interactions = { fields: customer.fields.length === 0 ? [] : interactionFields, customer }
    return [
      store.customersById(['an-id'], customer),
      store.customersPage(NEWEST, EVERYTHING, customer),
      store.customersPage(AFTER, EVERYTHING, customer),
      store.interactionsById(['an-id'], interactions),
      store.interactionsPage(null, NEWEST, EVERYTHING, interactions),
      store.interactionsPage('an-id', AFTER, EVERYTHING, interactions),
    ]
  })
}

/** Timelines and lists whose order and conditions depend on how the viewer sees the values. */
function askOrdered(request: RequestContext): readonly Promise<unknown>[] {
  const store = customerStore(request)
  const orderBy = (by: 'NAME' | 'OCCURRED_AT') => ({ by, direction: by === 'NAME' ? 'ASC' : 'DESC' }) as never
  const customers = customersListing(request.masks, {
    filter: { name: 'A', nameContains: 'A', region: 'A', company: 'A' },
    orderBy: orderBy('NAME'),
  })
  const at = new Date(0)
  const interactions = interactionsListing(request.masks, {
    filter: { touchpoint: 'PHONE', source: 'A', from: at, to: at, textContains: 'A' },
    orderBy: orderBy('OCCURRED_AT'),
  })
  const names = searchListing(request.masks, 'Customer', ['a'])
  const texts = searchListing(request.masks, 'Interaction', ['a'])
  return [NEWEST, AFTER].flatMap(page => {
    const customer: CustomerSelection = { fields: ['name'], timeline: { page, fields: ['occurredAt'] } }
    return [
      store.customersById(['an-id'], customer),
      store.customersPage(page, customers, customer),
      store.interactionsPage(null, page, interactions, { fields: ['text'], customer }),
      store.interactionsPage('an-id', page, interactions, { fields: ['text'], customer }),
      store.interactionsOf(['an-id'], 2, { fields: ['text'], customer }),
      ...(['company', 'owner'] as const).flatMap(shared => {
        const shown = shownOf(request.masks.imageOf('Customer', shared), cypher`company`)
        return shown === 'NONE' ? [] : [store.customersBeside(['an-id'], { shared, shown }, 2, customer)]
      }),
      ...(names ? [store.customersFound(page, names, customer)] : []),
      ...(texts ? [store.interactionsFound(page, texts, { fields: ['text'], customer })] : []),
    ]
  })
}

function askRecords(request: RequestContext): readonly Promise<unknown>[] {
  return [recordsOf, newestStatements].map(ask => ask(request, 'a-person', ['an-id']))
}

function askWhomItMayDecideFor({ services: { graph }, policy, viewer }: RequestContext): readonly Promise<unknown>[] {
  return [mayDecideFor({ run: graph.read }, policy, viewer, 'an-id')]
}

function askWhoTakesPart(request: RequestContext): readonly Promise<unknown>[] {
  return [request.services.graph.read(peopleStatement(whomViewerKnows(request))), subjectOf(request, 'an-id')]
}

function askOpportunities(request: RequestContext): readonly Promise<unknown>[] {
  const store = opportunityStore(request)
  return [[], opportunityFields].flatMap(fields => [
    store.opportunitiesById(['an-id'], fields),
    store.opportunitiesOf(['an-id'], AFTER, fields),
    store.opportunitiesPage(null, NEWEST, fields),
    store.opportunitiesPage('an-id', AFTER, fields),
  ])
}

function askSettlements(request: RequestContext): readonly Promise<unknown>[] {
  const { policy, viewer } = request
  const reader = { run: request.services.graph.read }
  return [
    isVisibleSeller(reader, policy, viewer, 'an-id'),
    settlementOf(reader, policy, viewer, 'an-id'),
    settlementsPage(request, '', AFTER),
    contributionsPage(request, '', AFTER),
  ]
}

function askTrades(request: RequestContext): readonly Promise<unknown>[] {
  const { policy, viewer } = request
  return [tradeOf({ run: request.services.graph.read }, policy, viewer, 'an-id'), tradesPage(request, '', AFTER)]
}

function policyOf(scope: RowScope): Policy {
  return { ...groundPolicy, rows: { ...groundPolicy.rows, [VIEWER.kind]: scope } }
}

/** Answers nothing and notes what it is asked. */
function notingGraph(engine: Graph['engine'], note: (text: string) => void): Graph {
  const read = async (statement: Statement) => {
    note(typeof statement === 'string' ? statement : statement[engine])
    return []
  }
  return { engine, read } as unknown as Graph
}

/** What stores take of a request. */
function requestOf(graph: Graph, policy: Policy): RequestContext {
  return { services: { graph }, policy, viewer: VIEWER, masks: masksOf(PUBLIC_IMAGE) } as unknown as RequestContext
}

function masksOf(image: FieldImage): EntityMasks {
  return { imageOf: () => image, imageAsked: () => image } as unknown as EntityMasks
}
