// What customers said and when: a plan of who speaks when and what about, cheap enough to sort whole, from which each
// record's text is then made one by one.
import { type Intent, intents, moodsOf, nextIntent, outcomesOf } from './behaviour.ts'
import { officeTime, WORKDAYS } from './calendar.ts'
import type { Profile } from './customers.ts'
import { at, type Random, randomFor } from './random.ts'
import { callTranscript, chatMessage, type Topic } from './talk.ts'
import type { WorkedInteraction } from './worked-examples.ts'

/**
 * How many interactions each of twenty customers has: ten on average, very unevenly. The first twenty customers take
 * them in this order: whoever plays a worked example has enough to say, and the two private persons among them (the
 * third and the fifth) say nothing else. Later twenties are shuffled.
 */
const OF_TWENTY = [24, 18, 2, 12, 3, 11, 9, 8, 7, 10, 60, 14, 6, 5, 4, 3, 1, 1, 1, 1]
const IN_TWENTY = OF_TWENTY.reduce((sum, count) => sum + count, 0)

export interface Planned {
  readonly customer: number
  /** Numbers all interactions, customer by customer: the same whatever the number of customers. */
  readonly ordinal: number
  readonly at: string
  readonly intent: Intent
  readonly product: string
  readonly worked?: WorkedInteraction
}

/** All interactions of these customers, by time. */
export function planInteractions(profiles: readonly Profile[]): Planned[] {
  const plan: Planned[] = []
  let counts: readonly number[] = OF_TWENTY
  for (const [before, profile] of profiles.entries()) {
    const place = before % OF_TWENTY.length
    const twenty = Math.floor(before / OF_TWENTY.length)
    if (twenty > 0 && place === 0) counts = randomFor('counts', twenty).shuffled(OF_TWENTY)
    const first = twenty * IN_TWENTY + counts.slice(0, place).reduce((sum, count) => sum + count, 0) + 1
    plan.push(...timelineOf(profile, first, at(counts, place)))
  }
  return plan.sort((one, other) => compare(one.at, other.at) || one.ordinal - other.ordinal)
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

function timelineOf({ index, offer, region, example }: Profile, firstOrdinal: number, count: number): Planned[] {
  const random = randomFor('timeline', index)
  const products = offer.products[region.language]
  let workday = 0
  let intent: Intent = 'OTHER'
  let product = ''
  return Array.from({ length: count }, (_, nth) => {
    const common = { customer: index, ordinal: firstOrdinal + nth }
    const worked = example?.interactions[nth]
    if (worked) return { ...common, at: worked.at, intent: worked.intent, product: example.deal.product, worked }
    if (product !== '' && random.chance(0.45)) {
      // The same conversation goes on a day or two later.
      workday += 1 + random.below(2)
      intent = nextIntent[intent] ?? intent
    } else {
      workday = random.below(WORKDAYS)
      intent = random.weighted(intents)
      product = random.pick(products)
    }
    return { ...common, at: officeTime(workday, random.below(9 * 60), region.language), intent, product }
  })
}

export interface InteractionRecord {
  readonly source: 'call' | 'wecom-chat'
  readonly eventId: string
  readonly payload: unknown
}

export function interactionRecord(planned: Planned, profile: Profile): InteractionRecord {
  const { worked } = planned
  const random = randomFor('talk', planned.ordinal)
  const digits = String(planned.ordinal).padStart(7, '0')
  const isChat = worked ? worked.source === 'wecom-chat' : profile.weComId !== undefined && random.chance(0.6)
  return isChat
    ? { source: 'wecom-chat', eventId: `chat/${digits}`, payload: chatPayload(planned, profile, random) }
    : { source: 'call', eventId: `call/${digits}`, payload: callPayload(planned, profile, random) }
}

function chatPayload(planned: Planned, profile: Profile, random: Random) {
  const { number, weComId, region, seller } = profile
  return {
    customer: { number, ...(weComId && { weComId }), region: region.code },
    seller,
    message: planned.worked
      ? { occurredAt: planned.at, text: planned.worked.text, intent: planned.intent, emotion: planned.worked.emotion }
      : drawnMessage(topicOf(planned, profile, random), planned, random),
  }
}

function callPayload(planned: Planned, profile: Profile, random: Random) {
  const { number, name, phone, region, seller } = profile
  return {
    customer: { number, name, ...(phone && { phone }), region: region.code },
    seller,
    call:
      planned.worked?.source === 'call'
        ? {
            occurredAt: planned.at,
            durationSeconds: planned.worked.durationSeconds,
            transcript: planned.worked.text,
            intent: planned.intent,
            emotion: planned.worked.emotion,
            outcome: planned.worked.outcome,
          }
        : drawnCall(topicOf(planned, profile, random), planned, random),
  }
}

function topicOf(planned: Planned, { region, offer, account, address, seller }: Profile, random: Random): Topic {
  return {
    language: region.language,
    intent: planned.intent,
    emotion: random.weighted(moodsOf[planned.intent]),
    product: planned.product,
    unitPrice: offer.unitPrice,
    firm: account.name,
    address,
    seller: seller.name,
    at: new Date(planned.at),
  }
}

function drawnMessage(topic: Topic, { at: occurredAt }: Planned, random: Random) {
  return { occurredAt, text: chatMessage(topic, random), ...signals(topic, random) }
}

function drawnCall(topic: Topic, { at: occurredAt }: Planned, random: Random) {
  const outcome = random.weighted(outcomesOf[topic.intent])
  const transcript = callTranscript(topic, outcome, random)
  return {
    occurredAt,
    durationSeconds: 40 + transcript.length * 2 + random.below(300),
    // Some calls were never transcribed, and some calls nobody closed off.
    ...(random.chance(0.96) && { transcript }),
    ...signals(topic, random),
    ...(random.chance(0.9) && { outcome }),
  }
}

/** Most records carry what the silo recognised itself; the rest is for the graph to infer. */
function signals({ intent, emotion }: Topic, random: Random) {
  return { ...(random.chance(0.92) && { intent }), ...(random.chance(0.88) && { emotion }) }
}
