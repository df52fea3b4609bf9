// The named examples of work: sellers who were seen at what they take, the goals as tasks, and the packs that teams are lent.
import { recordReaction } from '../core/change.ts'
import { setConsent } from '../core/consent/set-consent.ts'
import type { Services } from '../core/context.ts'
import type { CommittedFact } from '../core/evidence/evidence.ts'
import {
  acceptDecomposition,
  decomposeTask,
  prepareTalent,
  publishKnowledgePack,
  tellObservations,
} from '../subgraphs/talent/index.ts'

const PLANNER = { kind: 'MANAGER', id: 'seeds' } as const
const LOADER = { kind: 'SERVICE', id: 'seeds' } as const
const BASE = 'https://sovereign-graph.org/skills/'

/** What sellers in turn were seen at; one in ten lets nobody plan by it. */
const TRADES: readonly (readonly string[])[] = [
  ['needs-analysis', 'account-development', 'negotiation'],
  ['automotive-certification', 'regulatory-compliance'],
  ['field-application-engineering', 'production-line-validation'],
  ['localised-service-planning', 'proposal-writing'],
  ['oncology-consulting', 'needs-analysis'],
  ['health-insurance-policy', 'regulatory-compliance'],
  ['hospital-information-systems', 'field-application-engineering'],
]
const KEEPS_TO_ITSELF = 10
const TIMES_SEEN = 6
const BATCH = 50

const GOALS = [
  { title: 'Win tier-1 car supplier X', template: 'tier-1-supplier', region: null, concerns: 'tier-1-supplier-x' },
  { title: 'Answer a hospital that is paid by disease group', template: 'drg-payment', region: null, concerns: null },
  {
    title: 'Regroup for the automotive-electronics account',
    template: 'automotive-account-team',
    region: null,
    concerns: null,
  },
] as const

const PACKS = [
  {
    name: 'automotive-certification-knowledge-graph',
    title: 'Automotive certification knowledge graph',
    items: [
      {
        kind: 'GRAPH_EXTRACT',
        title: 'Standards and what they demand of whom',
        url: '/packs/automotive-certification/graph',
      },
      {
        kind: 'DOCUMENT',
        title: 'How to read a customer-specific requirement',
        url: '/packs/automotive-certification/guide',
      },
    ],
  },
  {
    name: 'customs-declaration-simulator',
    title: 'Customs declaration simulator',
    items: [
      { kind: 'SIMULATOR', title: 'Declare a shipment of control units', url: '/packs/customs-declaration/simulator' },
    ],
  },
] as const

const SELLERS = `
MATCH (c:Seller)
RETURN c.id ORDER BY c.id`

/** Loads the examples. */
export async function seedWork(services: Services): Promise<void> {
  await prepareTalent(services)
  const sellers = (await services.graph.read(SELLERS)).map(([id]) => String(id))
  for (let from = 0; from < sellers.length; from += BATCH) {
    const numbered = sellers.slice(from, from + BATCH).map((id, index) => ({ id, number: from + index }))
    await consent(services, numbered)
    await observe(services, numbered)
  }
  for (const { name, title, items } of PACKS) {
    const pack = { name, title, items: items.map(item => ({ ...item })) }
    await publishKnowledgePack(services, PLANNER, `seeds/${name}`, pack)
  }
  for (const goal of GOALS) {
    const input = { ...goal, leaveOut: [], add: [] }
    const { goalId } = await decomposeTask(services, PLANNER, `seeds/${goal.title}`, input)
    await acceptDecomposition(services, PLANNER, `seeds/accept/${goal.title}`, goalId, null)
  }
}

interface NumberedSeller {
  readonly id: string
  readonly number: number
}

async function consent(services: Services, sellers: readonly NumberedSeller[]): Promise<void> {
  const purpose = 'WORKFORCE_PLANNING'
  const willing = sellers.filter(({ number }) => number % KEEPS_TO_ITSELF !== KEEPS_TO_ITSELF - 1)
  await recordReaction(services, LOADER, async change => {
    const facts: CommittedFact[] = []
    for (const { id } of willing) {
      const consented = { customerId: id, subject: 'Seller', purpose, recipient: '', state: 'GIVEN' } as const
      facts.push(...((await setConsent(services, change, consented))?.facts ?? []))
    }
    return {
      evidence: { kind: 'CONSENT_GIVEN', statement: { count: willing.length }, facts },
      events: willing.map(({ id: sellerId }) => ({
        kind: 'SELLER_CONSENT_CHANGED',
        body: { sellerId, purpose, given: true },
      })),
      result: {},
    }
  })
}

async function observe(services: Services, sellers: readonly NumberedSeller[]): Promise<void> {
  const at = services.clock.now()
  const observations = sellers.flatMap(({ id: sellerId, number }) =>
    Array.from({ length: TIMES_SEEN }, (_, time) => ({
      sourceId: `seeds/${sellerId}/${time}`,
      sellerId,
      behaviour: 'MEETING_NOTE' as const,
      skills: (TRADES[number % TRADES.length] ?? []).map(name => `${BASE}${name}`),
      outcome: 1,
      complexity: 4,
      at,
    })),
  )
  await recordReaction(services, LOADER, async change => ({
    evidence: { kind: 'SELLERS_OBSERVED', statement: { observations: observations.length }, facts: [] },
    events: [await tellObservations(change, observations)],
    result: {},
  }))
}
