// What a person consents to who turned out to be several customers: what every one of them consents to. Once each of them
// has said that they are one person, what was said last holds.
import type { Change } from '../change.ts'
import type { Services } from '../context.ts'
import type { EventDraft } from '../events/outbox.ts'
import type { CommittedFact } from '../evidence/evidence.ts'
import { isPurpose, type Purpose } from '../viewer.ts'
import { setConsent } from './set-consent.ts'

const SAID = `
UNWIND $customerIds AS wanted
MATCH (c:Customer {id: wanted})<-[:OF]-(k:Consent)
RETURN c.id, k.purpose, k.recipient, k.state, k.since`

const PERSON_OF = `
MATCH (c:Customer {id: $customerId})-[:MERGED_INTO]->(m:Customer)
WHERE m.mergedInto IS NULL
RETURN m.id, m.parts, [(m)<-[joined:MERGED_INTO]-(part:Customer) | coalesce(joined.confirmedAt, '')]`

interface Said {
  readonly purpose: Purpose
  readonly recipient: string
  readonly state: 'GIVEN' | 'WITHDRAWN'
  readonly since: string
}

export interface FollowedConsents {
  readonly facts: readonly CommittedFact[]
  readonly events: readonly EventDraft[]
}

const NOTHING: FollowedConsents = { facts: [], events: [] }

/** Sets the consents of a person to what follows from those of its parts. */
export async function followParts(
  services: Pick<Services, 'ids' | 'policies' | 'controller'>,
  change: Pick<Change, 'unit' | 'at' | 'evidenceEntryId'>,
  personId: string,
  partIds: readonly string[],
  areConfirmed: boolean,
): Promise<FollowedConsents> {
  const rows = await change.unit.run(SAID, { customerIds: [personId, ...partIds] })
  const said = new Map([personId, ...partIds].map(id => [id, new Map<string, Said>()]))
  for (const [id, purpose, recipient, state, since] of rows) {
    if (!isPurpose(String(purpose))) continue
    const each = { purpose, recipient, state, since } as Said
    said.get(String(id))?.set(`${purpose}/${recipient}`, each)
  }
  const keys = [...new Set([...said.values()].flatMap(of => [...of.keys()]))].sort()
  const facts: CommittedFact[] = []
  const events: EventDraft[] = []
  for (const key of keys) {
    const state = stateOf(
      partIds.map(id => said.get(id)?.get(key)),
      areConfirmed,
    )
    const before = said.get(personId)?.get(key)
    if ((before?.state ?? 'WITHDRAWN') === state) continue
    const { purpose = 'SERVICE_DELIVERY', recipient = '' } =
      partIds.map(id => said.get(id)?.get(key)).find(isSaid) ?? before ?? {}
    const changed = await setConsent(services, change, { customerId: personId, purpose, recipient, state })
    facts.push(...(changed?.facts ?? []))
    events.push({ kind: 'CONSENT_CHANGED', body: { customerId: personId, purpose, given: state === 'GIVEN' } })
  }
  return { facts, events }
}

/** The same for the person whom this customer is part of, where it is. */
export async function followPart(
  services: Pick<Services, 'ids' | 'policies' | 'controller'>,
  change: Pick<Change, 'unit' | 'at' | 'evidenceEntryId'>,
  customerId: string,
): Promise<FollowedConsents> {
  const [row] = await change.unit.run(PERSON_OF, { customerId })
  if (row === undefined) return NOTHING
  const [personId, parts, confirmed] = row
  const areConfirmed = (confirmed as readonly unknown[]).every(at => at !== '')
  return followParts(services, change, String(personId), String(parts).split(' '), areConfirmed)
}

/** Pure: what follows from what each part said, undefined for who said nothing. */
function stateOf(said: readonly (Pick<Said, 'state' | 'since'> | undefined)[], areConfirmed: boolean): Said['state'] {
  if (!areConfirmed) return said.every(each => each?.state === 'GIVEN') ? 'GIVEN' : 'WITHDRAWN'
  const [last] = said
    .filter(isSaid)
    .sort((a, b) => (a.since < b.since ? 1 : a.since > b.since ? -1 : strictestFirst(a, b)))
  return last?.state ?? 'WITHDRAWN'
}

function isSaid<T>(each: T | undefined): each is T {
  return each !== undefined
}

function strictestFirst(a: Pick<Said, 'state'>, b: Pick<Said, 'state'>): number {
  return Number(a.state === 'GIVEN') - Number(b.state === 'GIVEN')
}
