// Pairs of graphs that look alike to one viewer: whatever it is not shown, or not in full, differs between them.
import type { Instant } from '../../core/clock.ts'
import { BY_GUARDIAN } from '../../core/consent/consent-store.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { ageAt } from '../../core/policy/age.ts'
import type { PersonalFields } from '../../core/policy/personal.ts'
import type { Policy } from '../../core/policy/policy.ts'
import { type Purpose, purposes, separateConsents, type Viewer } from '../../core/viewer.ts'
import { CHAIN_ALL } from '../../subgraphs/customers/period-chain.ts'
import { searchWordsOf } from '../../subgraphs/customers/search/words.ts'
import { chance, type Draw, pick } from './generated-supergraph.ts'
import { referenceAccess } from './reference-access.ts'

type Value = string | number | boolean | null

interface Item {
  readonly id: string
  /** The values of its personal fields, by field. Composite values are one text. */
  readonly values: { readonly [field: string]: Value }
}

interface ConsentState {
  readonly purpose: Purpose
  readonly recipient: string
  readonly state: 'GIVEN' | 'WITHDRAWN'
  /** True where a guardian gave it, whose consents alone count for a minor. */
  readonly isByGuardian?: boolean
}

export interface TwinCustomer extends Item {
  readonly consents: readonly ConsentState[]
  readonly interactions: readonly (Item & { readonly signals: Item['values'] })[]
  readonly opportunities: readonly Item[]
}

/** Whom values are about, as far as decisions ask. */
type TwinSubject = Pick<TwinCustomer, 'values' | 'consents'>

/** Who sells is a subject, too: of what it was seen at. */
export interface TwinSeller extends Item {
  readonly consents: readonly ConsentState[]
  readonly skills: readonly Item[]
}

export interface TwinWorld {
  readonly customers: readonly TwinCustomer[]
  readonly sellers: readonly TwinSeller[]
  /** Contents of dead letters, which nobody is shown. */
  readonly payloads: readonly string[]
}

/** When the worlds are looked at. */
export const TWINS_NOW = '2026-06-01T08:00:00.000Z' as Instant

const POOL = 8
/** The ids that customers have: evidence about them is in the log whether they are in a world or not. */
export const CUSTOMER_IDS: readonly string[] = Array.from(
  { length: POOL },
  (_, n) => `${n + 1}0000000-0000-4000-8000-00000000000${n}`,
)
export const SELLERS = ['seller-number-1', 'seller-number-2'] as const
/** Where each seller works, which everybody is told. */
const REGION_OF_SELLER: { readonly [id: string]: string } = { [SELLERS[0]]: 'CN-SH', [SELLERS[1]]: 'EU-DE' }
const SKILLS = ['skill-number-1', 'skill-number-2', 'skill-number-3'] as const
export const NAMES = ['Amy', 'Bob', 'Zed', 'Name', 'An older name'] as const
export const COMPANIES = ['Account A', 'Account B'] as const
export const REGIONS = ['CN-SH', 'CN-GD', 'EU-DE', 'EU-FR'] as const
export const TEXTS = ['text', 'budget', 'a price is a price'] as const
const TOUCHPOINTS = ['PHONE', 'WECOM', 'CRM'] as const
const INTENTS = ['PRICE_INQUIRY', 'BARGAINING', 'COMPLAINT'] as const

/** How a value of each personal field is drawn. The values of a type's other fields are the same in all worlds. */
export const DRAWN: { readonly [type: string]: { readonly [field: string]: (draw: Draw) => Value } } = {
  Customer: {
    name: draw => pick(draw, [null, ...NAMES]),
    phone: draw => pick(draw, [null, `+86139${1000 + draw(9000)}${pick(draw, ['0001', '0002'])}`]),
    email: draw => pick(draw, [null, `${pick(draw, ['ann', 'bob'])}${draw(9)}@example.com`]),
    weComId: draw => pick(draw, [null, `wx${draw(99)}`, `wechat-${draw(99)}-${pick(draw, ['abcd', 'efgh'])}`]),
    region: draw => pick(draw, REGIONS),
    otherRegion: draw => pick(draw, [null, null, null, ...REGIONS]),
    birthDate: draw => pick(draw, [null, null, null, '1980-05-05', '2011-01-01', '2015-03-03']),
    company: draw => pick(draw, [null, ...COMPANIES]),
    owner: draw => pick(draw, [null, ...SELLERS]),
  },
  Interaction: {
    touchpoint: draw => pick(draw, TOUCHPOINTS),
    source: draw => pick(draw, ['wecom-chat', 'call']),
    occurredAt: draw => aTime(draw, pick(draw, [2025, 2026])),
    text: draw => pick(draw, [null, ...TEXTS]),
    intent: draw => pick(draw, [null, ...INTENTS]),
    emotion: draw => pick(draw, [null, 'CALM', 'ANGRY']),
    outcome: draw => pick(draw, [null, 'done', 'nobody answered']),
    durationSeconds: draw => pick(draw, [null, draw(5_000)]),
  },
  InteractionSignals: {
    intents: draw => pick(draw, ['', 'BARGAINING', 'COMPLAINT']),
    emotion: draw => pick(draw, [null, draw(10) / 10]),
    modelVersion: draw => pick(draw, [null, 'model-1', 'model-2']),
    evidenceEntryId: draw => pick(draw, ['entry', 'another-entry']),
  },
  Opportunity: {
    stage: draw => pick(draw, ['PROSPECTING', 'ENGAGING', 'WON']),
    product: draw => pick(draw, ['Product A', 'Product B']),
    value: draw => pick(draw, [null, draw(100_000)]),
    openedAt: draw => aTime(draw, 2025),
    closedAt: draw => pick(draw, [null, aTime(draw, 2026)]),
    history: draw => pick(draw, ['PROSPECTING', 'PROSPECTING ENGAGING', 'ENGAGING WON']),
  },
  SellerSkill: {
    skill: draw => pick(draw, SKILLS),
    // How much of success was seen, which is told as a level.
    level: draw => draw(40) / 4,
  },
}

/** Personal fields that are no value of a world by themselves, each with what decides it there. */
export const DRAWN_OTHERWISE: { readonly [coordinate: string]: string } = {
  'Customer.completeness': 'the seven fields that it counts',
  'Customer.consents': 'the consents of a customer, which are drawn by purpose and recipient',
  'ConsentReceipt.purpose': 'the entries of the log, which are the same for both worlds',
  'ConsentReceipt.state': 'the same',
  'ConsentReceipt.at': 'the same',
  'ConsentReceipt.document': 'the same',
  'SellerSkill.low': 'what the level is made of',
  'SellerSkill.high': 'the same',
  'SellerSkill.confidence': 'the same',
  'SellerSkill.learningCurve': 'the same, at some times before',
}

/** Types that no world holds yet, so that nothing is known of whether their fields are an oracle. */
export const NOT_DRAWN: readonly string[] = [
  'Assignment',
  'ConflictingRecord',
  'Contribution',
  'FormingRecord',
  'Fulfilment',
  'Guidance',
  'InteractionEnvironment',
  'Ledger',
  'MatchExplanation',
  'MatchReview',
  'MetricContribution',
  'Order',
  'Posting',
  'Settlement',
  'SkillContest',
  'SkillEvidence',
  'TeamMember',
  'TeamProposal',
  'Trade',
  'WhyNotMe',
]

const OUTPUT: { readonly [mask: string]: string } = {
  REDACT: 'String',
  HASH: 'String',
  LAST4: 'String',
  YEAR_ONLY: 'DateTime',
}

function aTime(draw: Draw, year: number): string {
  return new Date(Date.UTC(year, draw(12), 1 + draw(28), draw(24), 0, draw(60))).toISOString()
}

export function drawWorld(draw: Draw): TwinWorld {
  const ids = CUSTOMER_IDS.filter(() => chance(draw, 75))
  return {
    customers: ids.map(id => drawCustomer(draw, id)),
    sellers: SELLERS.map(id => drawSeller(draw, id)),
    payloads: drawPayloads(draw),
  }
}

const drawPayloads = (draw: Draw) => Array.from({ length: 3 }, () => `{"said": ${draw(99)}}`)
const drawItem = (draw: Draw, type: string, id: string): Item => ({ id, values: drawValues(draw, type) })
const drawValues = (draw: Draw, type: string) =>
  Object.fromEntries(Object.entries(DRAWN[type] ?? {}).map(([field, drawn]) => [field, drawn(draw)]))
const drawId = (draw: Draw) =>
  `${[8, 4].map(length => hex(draw, length)).join('-')}-4${hex(draw, 3)}-8${hex(draw, 3)}-${hex(draw, 12)}`
const hex = (draw: Draw, length: number) => Array.from({ length }, () => draw(16).toString(16)).join('')
const several = <T>(draw: Draw, most: number, make: () => T): T[] => Array.from({ length: draw(most + 1) }, make)

function drawCustomer(draw: Draw, id: string): TwinCustomer {
  return {
    ...drawItem(draw, 'Customer', id),
    consents: drawConsents(draw),
    interactions: several(draw, 5, () => ({
      ...drawItem(draw, 'Interaction', drawId(draw)),
      signals: drawValues(draw, 'InteractionSignals'),
    })),
    opportunities: several(draw, 3, () => drawItem(draw, 'Opportunity', drawId(draw))),
  }
}

function drawSeller(draw: Draw, id: string): TwinSeller {
  return {
    id,
    values: { region: REGION_OF_SELLER[id] ?? null },
    consents: drawConsents(draw),
    skills: several(draw, 3, () => drawItem(draw, 'SellerSkill', drawId(draw))),
  }
}

function drawConsents(draw: Draw): readonly ConsentState[] {
  const asked = purposes.flatMap((purpose): { readonly purpose: Purpose; readonly recipient: string }[] =>
    purpose === 'PARTNER_SHARING'
      ? ['', 'partner-number-1', 'partner-number-2'].map(recipient => ({ purpose, recipient }))
      : [{ purpose, recipient: '' }],
  )
  return asked
    .filter(() => chance(draw, 70))
    .map(each => ({
      ...each,
      state: chance(draw, 75) ? 'GIVEN' : 'WITHDRAWN',
      ...(chance(draw, 50) && { isByGuardian: true }),
    }))
}

/** Who looks: the viewer, by which policy, and which fields are personal. */
export interface Sight {
  readonly policy: Policy
  readonly personal: PersonalFields
  readonly viewer: Viewer
}

/** A world that is another wherever the viewer is not shown it, and looks the same to it. */
export function twinOf(world: TwinWorld, sight: Sight, draw: Draw): TwinWorld {
  const seen = world.customers.filter(each => isVisible(each, sight))
  const unseen = CUSTOMER_IDS.filter(id => !seen.some(each => each.id === id) && chance(draw, 75))
  const others = unseen.map(id => drawCustomer(draw, id)).filter(each => !isVisible(each, sight))
  return {
    customers: [...seen.map(each => twinOfCustomer(each, sight, draw)), ...others],
    sellers: world.sellers.map(each => twinOfSeller(each, sight, draw)),
    payloads: drawPayloads(draw),
  }
}

function twinOfCustomer(customer: TwinCustomer, sight: Sight, draw: Draw): TwinCustomer {
  const changed = (type: string, values: Item['values']) => twinOfValues(type, values, customer, sight, draw)
  const isAllHidden = Object.keys(DRAWN.InteractionSignals ?? {}).every(
    field => maskOf('InteractionSignals', field, customer, sight) === 'NULL',
  )
  return {
    id: customer.id,
    values: changed('Customer', customer.values),
    consents: twinOfConsents(customer, sight, draw),
    interactions: customer.interactions.map(({ id, values, signals }) => ({
      id,
      values: changed('Interaction', values),
      // Of a text that no model read nothing is shown: that one did shows in every part.
      signals: isAllHidden ? changed('InteractionSignals', signals) : signals,
    })),
    opportunities: customer.opportunities.map(({ id, values }) => ({ id, values: changed('Opportunity', values) })),
  }
}

/** Of whom the viewer may know no more than the name everything else may be another. */
function twinOfSeller(seller: TwinSeller, sight: Sight, draw: Draw): TwinSeller {
  if (!isVisibleSeller(seller, sight)) return drawSeller(draw, seller.id)
  const changed = ({ id, values }: Item) => ({ id, values: twinOfValues('SellerSkill', values, seller, sight, draw) })
  return { ...seller, consents: twinOfConsents(seller, sight, draw), skills: seller.skills.map(changed) }
}

/** A consent that decides nothing for this viewer is a value like any other. */
function twinOfConsents(customer: TwinSubject, sight: Sight, draw: Draw): readonly ConsentState[] {
  const { policy, viewer } = sight
  const laws = policy.regimes.flatMap(({ compatible }) => compatible.map(({ from }) => from))
  const deciding = new Set([
    viewer.purpose,
    ...policy.rules.map(rule => rule.alsoConsent),
    ...policy.overlays.flatMap(({ rules }) => rules.map(rule => rule.alsoConsent)),
    ...separateConsents,
    ...laws,
  ])
  const decides = ({ purpose, recipient }: ConsentState) =>
    deciding.has(purpose) && (recipient === '' || recipient === viewer.id)
  if (maskOf('Customer', 'consents', customer, sight) !== 'NULL') return customer.consents
  return [...customer.consents.filter(decides), ...drawConsents(draw).filter(each => !decides(each))]
}

function twinOfValues(
  type: string,
  values: Item['values'],
  customer: TwinSubject,
  sight: Sight,
  draw: Draw,
): Item['values'] {
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => {
      const drawn = DRAWN[type]?.[field]?.(draw) ?? null
      return [
        field,
        isFixed(field, drawn, customer, sight) ? value : alike(value, drawn, maskOf(type, field, customer, sight)),
      ]
    }),
  )
}

/** What decides which rows are visible, and the law of the region, which reasons name, stay as they are. */
function isFixed(field: string, drawn: Value, { values }: TwinSubject, { policy, viewer }: Sight): boolean {
  const scope = policy.rows[viewer.kind]
  // Which law holds and who is a minor decide what is shown, and the reasons name it.
  if (field === 'otherRegion' || field === 'birthDate') return true
  if (field === 'owner') return scope === 'OWNED'
  const regimeOf = (region: Value | undefined) =>
    policy.regimes.find(each => each.regions.some(one => one === region))?.id
  return (
    field === 'region' &&
    (scope === 'REGION' || isYoung(values.birthDate) || regimeOf(drawn) !== regimeOf(values.region))
  )
}

/** Of whom the age decides, which each region sets for itself. */
function isYoung(birthDate: Value | undefined): boolean {
  return typeof birthDate === 'string' && ageAt(birthDate, TWINS_NOW) < 18
}

/** A value with the same image as `value`, made of another one where that is possible. */
function alike(value: Value, drawn: Value, mask: string): Value {
  if (mask === 'NULL') return drawn
  if (value === null) return null
  switch (mask) {
    case 'LAST4': {
      const text = String(value)
      return text.length > 8
        ? `${String(drawn ?? 'something else')
            .slice(0, 12)
            .padEnd(9, 'x')}${text.slice(-4)}`
        : text.split('').reverse().join('')
    }
    case 'REDACT':
      return drawn ?? 'something else'
    case 'YEAR_ONLY':
      return drawn === null ? value : `${String(value).slice(0, 4)}${String(drawn).slice(4)}`
    default:
      return value
  }
}

/** The strictest mask of the reference decision on the field: ALLOW where it is shown as it is. */
function maskOf(
  type: string,
  field: string,
  { values, consents }: TwinSubject,
  { policy, personal, viewer }: Sight,
): string {
  const found = personal.get(type)?.get(field)
  if (found === undefined) return 'ALLOW'
  const inForce = consents.filter(
    ({ recipient, state }) => state === 'GIVEN' && (recipient === '' || recipient === viewer.id),
  )
  const { region, otherRegion, birthDate } = values
  const subject = {
    region: String(region),
    consents: new Set<string>(inForce.map(({ purpose }) => purpose)),
    ...(otherRegion && { otherRegion: String(otherRegion) }),
    ...(birthDate && {
      age: ageAt(String(birthDate), TWINS_NOW),
      byGuardian: new Set<string>(inForce.flatMap(({ purpose, isByGuardian }) => (isByGuardian ? purpose : []))),
    }),
  }
  const strictness = [found.category, ...(found.drawnFrom ?? [])].map(
    category => referenceAccess(policy, viewer, category, subject).strictness,
  )
  const mask =
    ['ALLOW', 'BUCKET', 'YEAR_ONLY', 'LAST4', 'HASH', 'REDACT', 'NULL', 'NULL'][Math.max(...strictness)] ?? ''
  const isCarried =
    mask === 'ALLOW' || OUTPUT[mask] === found.outputType || (mask === 'BUCKET' && /Int|Float/.test(found.outputType))
  return isCarried ? mask : 'NULL'
}

/** The seller of itself, and whoever sees a region or all. */
function isVisibleSeller({ id, values }: TwinSeller, { policy, viewer }: Sight): boolean {
  const scope = policy.rows[viewer.kind]
  if (scope === 'REGION') return values.region === viewer.region
  return scope === 'ALL' || (scope === 'OWNED' && id === viewer.id)
}

function isVisible({ id, values, consents }: TwinCustomer, { policy, viewer }: Omit<Sight, 'personal'>): boolean {
  switch (policy.rows[viewer.kind]) {
    case 'ALL':
      return true
    case 'SELF':
      return id === viewer.id
    case 'OWNED':
      return values.owner === viewer.id
    case 'REGION':
      return values.region === viewer.region
    case 'CONSENTED':
      return consents.some(
        ({ purpose, recipient, state }) =>
          state === 'GIVEN' && purpose === viewer.purpose && (recipient === '' || recipient === viewer.id),
      )
    default:
      return false
  }
}

const EMPTY_OF_WORLDS = `
MATCH (n)
WHERE n:Customer OR n:Account OR n:Seller OR n:Consent OR n:Period OR n:Interaction OR n:Opportunity OR n:Product
  OR n:StageEntry OR n:DeadLetter
DETACH DELETE n`
const CREATE_CUSTOMERS = `
UNWIND $rows AS row
CREATE (c:Customer {id: row.id, evidenceEntryId: 'entry'})
SET c += row.properties`
const CREATE_MEMBERS = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.id})
MERGE (a:Account {name: row.company})
ON CREATE SET a.id = row.company
CREATE (c)-[:MEMBER_OF]->(a)`
const CREATE_SELLERS = `
UNWIND $rows AS row
CREATE (:Seller {id: row.id, number: row.id, name: row.id, region: row.region})`
// The catalogue of skills tells of nobody: it is the same in all worlds.
const CREATE_SKILLS = `
UNWIND $rows AS row
MERGE (k:Skill {id: row.skill})
SET k.uri = row.skill, k.scheme = 'OWN', k.labelEn = row.skill, k.searchText = row.skill`
const CREATE_SEEN_AT = `
UNWIND $rows AS row
MATCH (s:Seller {id: row.sellerId})
MATCH (k:Skill {id: row.skill})
CREATE (s)-[:HAS_SKILL {id: row.id, success: row.success, failure: 1.5, seenAt: '2026-05-01T00:00:00.000Z'}]->(k)`
const CREATE_OWNERS = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.id})
MATCH (s:Seller {id: row.owner})
CREATE (s)-[:OWNS]->(c)`
const CREATE_CONSENTS = `
UNWIND $rows AS row
MATCH (c {id: row.subjectId})
WHERE c:Customer OR c:Seller
CREATE (k:Consent {id: row.key, key: row.key, purpose: row.purpose, recipient: row.recipient, state: row.state, since: '2026-01-01T00:00:00.000Z'})
SET k.givenBy = row.givenBy
CREATE (k)-[:OF]->(c)`
const CREATE_INTERACTIONS = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.customerId})
MERGE (p:Period {key: row.periodKey})
ON CREATE SET p.month = row.month
MERGE (c)-[:IN_PERIOD]->(p)
CREATE (i:Interaction {id: row.id, evidenceEntryId: 'entry'})
CREATE (p)-[:HAD]->(i)
SET i += row.properties`
const CREATE_INTENTS = `
UNWIND $rows AS row
MATCH (i:Interaction {id: row.id})
MERGE (n:Intent {name: row.intent})
CREATE (i)-[:EXPRESSED {confidence: 0.5, spanStart: 0, spanEnd: 1}]->(n)`
const CREATE_OPPORTUNITIES = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.customerId})
MERGE (p:Product {name: row.product})
ON CREATE SET p.id = row.product
CREATE (o:Opportunity {id: row.id, number: row.id, currency: 'CNY', evidenceEntryId: 'entry'})
SET o += row.properties
CREATE (c)-[:PURSUES]->(o)
CREATE (o)-[:CONCERNS]->(p)`
const CREATE_STEPS = `
UNWIND $rows AS row
MATCH (o:Opportunity {id: row.id})
CREATE (o)-[:ENTERED]->(:StageEntry {id: row.stepId, recordId: row.stepId, stage: row.stage, at: row.at})`
const CREATE_DEAD_LETTERS = `
UNWIND $rows AS row
CREATE (:DeadLetter {id: row.id, key: row.id, source: 'call', eventId: row.id, place: 'here', reason: 'SCHEMA',
  detail: 'customer', payload: row.payload, at: '2026-01-01T00:00:00.000Z'})`

/** Writes the world in the place of the one before it; the log stays. */
export async function writeTwin(graph: Graph, { customers, sellers, payloads }: TwinWorld): Promise<void> {
  const interactions = customers.flatMap(({ id, interactions }) =>
    interactions.map(each => ({ ...each, customerId: id })),
  )
  const opportunities = customers.flatMap(({ id, opportunities }) =>
    opportunities.map(each => ({ ...each, customerId: id })),
  )
  const batches: [string, readonly object[]][] = [
    [
      CREATE_CUSTOMERS,
      customers.map(({ id, values: { company: _, owner: __, ...properties } }) => ({
        id,
        properties: present({ ...properties, searchWords: wordsIn(properties.name) }),
      })),
    ],
    [CREATE_SELLERS, sellers.map(({ id, values: { region } }) => ({ id, region }))],
    [CREATE_SKILLS, SKILLS.map(skill => ({ skill }))],
    [
      CREATE_SEEN_AT,
      sellers.flatMap(({ id: sellerId, skills }) =>
        skills.map(({ id, values: { skill, level } }) => ({ id, sellerId, skill, success: Number(level) + 0.5 })),
      ),
    ],
    [CREATE_MEMBERS, customers.flatMap(({ id, values: { company } }) => (company ? [{ id, company }] : []))],
    [CREATE_OWNERS, customers.flatMap(({ id, values: { owner } }) => (owner ? [{ id, owner }] : []))],
    [
      CREATE_CONSENTS,
      [...customers, ...sellers].flatMap(({ id, consents }) =>
        consents.map(({ isByGuardian = false, ...each }) => ({
          ...each,
          subjectId: id,
          key: `${id}/${each.purpose}/${each.recipient}`,
          givenBy: isByGuardian ? BY_GUARDIAN : null,
        })),
      ),
    ],
    [
      CREATE_INTERACTIONS,
      interactions.map(({ id, customerId, values, signals }) => {
        const month = String(values.occurredAt).slice(0, 7)
        const read = { signalModel: signals.modelVersion, signalsEvidenceEntryId: signals.evidenceEntryId }
        const felt =
          signals.emotion === null
            ? {}
            : { valence: signals.emotion, valenceConfidence: 0.5, arousal: signals.emotion, arousalParts: '[]' }
        const properties = present({
          ...values,
          ...(read as Item['values']),
          ...(felt as Item['values']),
          searchWords: wordsIn(values.text),
        })
        return { id, customerId, month, periodKey: `${customerId}/${month}`, properties }
      }),
    ],
    [
      CREATE_INTENTS,
      interactions.flatMap(({ id, signals }) => (signals.intents ? [{ id, intent: signals.intents }] : [])),
    ],
    [
      CREATE_OPPORTUNITIES,
      opportunities.map(({ id, customerId, values: { product, value, history: _, ...others } }) => ({
        id,
        customerId,
        product,
        properties: present({ ...others, valueMinor: value ?? null }),
      })),
    ],
    [
      CREATE_STEPS,
      opportunities.flatMap(({ id, values }) =>
        String(values.history)
          .split(' ')
          .map((stage, n) => ({ id, stepId: `${id}/${n}`, stage, at: `2026-01-0${n + 1}T00:00:00.000Z` })),
      ),
    ],
    [CREATE_DEAD_LETTERS, payloads.map((payload, n) => ({ id: `letter-${n}`, payload }))],
  ]
  await graph.write(async unit => {
    await unit.run(EMPTY_OF_WORLDS)
    for (const [statement, rows] of batches) if (rows.length > 0) await unit.run(statement, { rows: rows as never })
    for (const statement of CHAIN_ALL) await unit.run(statement)
  })
}

const wordsIn = (value: Value | undefined): Value => (typeof value === 'string' ? searchWordsOf(value) : null)

function present(values: Item['values']): { readonly [property: string]: string | number | boolean } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as never
}
