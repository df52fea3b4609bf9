// How a text feels: valence from the classifier, arousal from how it is written and, where there was one, the voice. Pure.
import { featuresOf } from './features.ts'
import type { Classifier } from './model.ts'
import { sharesOf } from './softmax.ts'
import { customerLines, sentencesIn } from './text.ts'

export const arousalSources = ['PUNCTUATION', 'EMOJI', 'REPETITION', 'CAPITALS', 'VOICE'] as const
export type ArousalSource = (typeof arousalSources)[number]

export interface Emotion {
  /** -1 displeased to 1 pleased; null where the classifier abstains. */
  readonly valence: number | null
  /** How sure the classifier is of the polarity, 0 to 1. */
  readonly valenceConfidence: number
  /** 0 calm to 1 agitated. */
  readonly arousal: number
  /** What the arousal is made of. */
  readonly arousalParts: readonly { readonly source: ArousalSource; readonly value: number }[]
}

/** How the voice differed from this speaker's usual one, in standard deviations. */
export interface Voice {
  readonly loudness: number
  readonly pitch: number
  readonly speechRate: number
}

/** The emotion of what the customer said or wrote; undefined where that is nothing. */
export function emotionOf(classifier: Classifier, text: string, voice?: Voice): Emotion | undefined {
  const lines = customerLines(text)
  const sentences = lines
    .flatMap(line => sentencesIn(text, line))
    .map(clauses => text.slice(clauses[0]?.start, clauses.at(-1)?.end))
  if (sentences.length === 0) return undefined
  const parts = arousalPartsOf(
    lines.map(({ start, end }) => text.slice(start, end)).join('\n'),
    sentences.length,
    voice,
  )
  return {
    ...valenceOf(classifier, sentences),
    // Each part raises what the others leave calm, so that two of them do not go beyond 1.
    arousal: 1 - parts.reduce((calm, { value }) => calm * (1 - value), 1),
    arousalParts: parts,
  }
}

function valenceOf({ softmax, temperature, threshold }: Classifier, sentences: readonly string[]) {
  const length = sentences.reduce((sum, sentence) => sum + sentence.length, 0)
  const shares = new Map(softmax.labels.map(label => [label, 0]))
  for (const sentence of sentences) {
    const ofSentence = sharesOf(softmax, featuresOf(sentence), temperature)
    for (const [index, label] of softmax.labels.entries()) {
      const share = ((ofSentence[index] ?? 0) * sentence.length) / length
      shares.set(label, (shares.get(label) ?? 0) + share)
    }
  }
  const valenceConfidence = Math.max(...shares.values())
  const valence = (shares.get('POSITIVE') ?? 0) - (shares.get('NEGATIVE') ?? 0)
  return { valence: valenceConfidence < threshold ? null : valence, valenceConfidence }
}

const MARKS = /[!！‼⁉]|[?？](?=[?？])/g
const EMOJI = /\p{Extended_Pictographic}/gu
const REPETITION = /([\p{L}])\1{2,}/gu
// Two words at least, or a long one: an acronym such as DRG shouts at nobody.
const CAPITALS = /(?<!\p{L})\p{Lu}{2,}(?:[\s,]+\p{Lu}{2,})+(?!\p{L})|(?<!\p{L})\p{Lu}{6,}(?!\p{L})/gu

function arousalPartsOf(text: string, sentences: number, voice: Voice | undefined) {
  const countOf = (form: RegExp) => [...text.matchAll(form)].length
  const letters = countOf(/\p{L}/gu)
  const shouted = [...text.matchAll(CAPITALS)].reduce((sum, [words]) => sum + words.length, 0)
  const parts: { source: ArousalSource; value: number }[] = [
    { source: 'PUNCTUATION', value: upTo(countOf(MARKS) / sentences, 3) },
    { source: 'EMOJI', value: upTo(countOf(EMOJI) / sentences, 3) },
    { source: 'REPETITION', value: upTo(countOf(REPETITION) / sentences, 2) },
    { source: 'CAPITALS', value: letters === 0 ? 0 : upTo(shouted / letters, 1) },
  ]
  if (voice === undefined) return parts
  const raised = (voice.loudness + voice.pitch + voice.speechRate) / 3
  return [...parts, { source: 'VOICE' as const, value: Math.max(0, Math.tanh(raised / 2)) }]
}

function upTo(amount: number, most: number): number {
  return Math.min(1, amount / most)
}
