// Makes one conversation out of hand-written sentences: a chat message is what the customer writes, a call transcript
// has both voices.
import type { Emotion, Intent, Outcome } from './behaviour.ts'
import type { Random } from './random.ts'
import { talkEn } from './talk-en.ts'
import { talkZh } from './talk-zh.ts'
import { YUAN_FOR_EURO } from './words.ts'

/** The sentences of one language. A word in braces is a slot, filled from the topic. */
export interface Talk {
  readonly between: string
  readonly customerSays: string
  readonly sellerSays: string
  readonly rivals: readonly string[]
  readonly hellos: readonly string[]
  readonly sayings: Record<Intent, readonly string[]>
  readonly moods: Record<Emotion, readonly string[]>
  readonly greetings: readonly string[]
  readonly replies: Record<Intent, readonly string[]>
  readonly closings: Record<Outcome, readonly string[]>
}

export type Language = 'zh' | 'en'

const talks: Record<Language, Talk> = { zh: talkZh, en: talkEn }

export interface Topic {
  readonly language: Language
  readonly intent: Intent
  readonly emotion: Emotion
  readonly product: string
  /** Roughly what one unit costs, in euros. */
  readonly unitPrice: number
  readonly firm: string
  /** As the seller addresses the customer. */
  readonly address: string
  readonly seller: string
  readonly at: Date
}

export function chatMessage(topic: Topic, random: Random): string {
  const talk = talks[topic.language]
  const parts = [talk.hellos, talk.sayings[topic.intent], talk.moods[topic.emotion]].map(list => random.pick(list))
  return filled(joined(talk, parts), topic, talk, random)
}

export function callTranscript(topic: Topic, outcome: Outcome, random: Random): string {
  const talk = talks[topic.language]
  const [first = '', second = ''] = random.shuffled(talk.sayings[topic.intent])
  const mood = random.pick(talk.moods[topic.emotion])
  const reply = random.pick(talk.replies[topic.intent])
  const closing = random.pick(talk.closings[outcome])
  const turns = random.chance(0.4)
    ? [[first], [reply], [second, mood], [closing]]
    : [
        [first, mood],
        [reply, closing],
      ]
  const transcript = [[random.pick(talk.greetings)], ...turns]
    .map((said, turn) => (turn % 2 === 0 ? talk.sellerSays : talk.customerSays) + capital(joined(talk, said)))
    .join('\n')
  return filled(transcript, topic, talk, random)
}

const joined = (talk: Talk, parts: readonly string[]) => parts.filter(Boolean).join(talk.between)

/** Numbers are drawn once for the whole text, so that both voices speak of the same price and quantity. */
function filled(text: string, topic: Topic, talk: Talk, random: Random): string {
  const slots: Record<string, string> = {
    product: topic.product,
    firm: topic.firm,
    address: topic.address,
    seller: topic.seller,
    rival: random.pick(talk.rivals),
    count: String(2 + random.below(23)),
    percent: String(3 + random.below(13)),
    weeks: String(2 + random.below(9)),
    days: String(7 + random.below(24)),
    price: priceText(topic.unitPrice * (0.8 + random.below(50) / 100), topic.language),
    month: monthText((topic.at.getUTCMonth() + 1 + random.below(4)) % 12, topic.language),
  }
  return text.replace(/\{(\w+)\}/g, (slot, name: string) => slots[name] ?? slot)
}

function priceText(euros: number, language: Language): string {
  if (language === 'zh') {
    const yuan = Math.round((euros * YUAN_FOR_EURO) / 100) * 100
    return yuan >= 10_000 ? `${(yuan / 10_000).toFixed(1)}万元` : `${yuan}元`
  }
  // Grouped by hand: what toLocaleString answers depends on the ICU data that Node was built with.
  return `€${String(Math.round(euros / 10) * 10).replace(/\B(?=(\d{3})+$)/g, ',')}`
}

const months = 'January February March April May June July August September October November December'.split(' ')

function monthText(month: number, language: Language): string {
  return language === 'zh' ? `${month + 1}月` : (months[month] ?? '')
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
