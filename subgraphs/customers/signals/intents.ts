// The intents of a text: it is parted where its parts speak most clearly, and each part that says one names it. Pure.
import { featuresOf } from './features.ts'
import type { Classifier } from './model.ts'
import { sharesOf } from './softmax.ts'
import { customerLines, type Span, sentencesIn } from './text.ts'

export const signalIntents = [
  'INQUIRY',
  'PRICE_INQUIRY',
  'PRICE_COMPARISON',
  'BARGAINING',
  'PURCHASE',
  'COMPLAINT',
  'SUPPORT',
  'APPROVAL_DELAY',
  'COMPETITOR_MENTION',
  'NEED_STATEMENT',
] as const
export type SignalIntent = (typeof signalIntents)[number]

/** The label of what expresses none of them. */
export const NO_INTENT = 'NONE'

export interface ExpressedIntent {
  readonly intent: SignalIntent
  /** 0 to 1. */
  readonly confidence: number
  readonly span: Span
}

interface Part extends Span {
  readonly label: string
  readonly share: number
}

/** How many clauses may express one intent together. */
const MOST_CLAUSES = 3
/** How much surer a part has to be for each clause more that it takes in: two clear intents must not melt into one. */
const COST_OF_A_CLAUSE = 0.15

/** The intents that the customer expresses, each once, the most certain first; none where the classifier abstains. */
export function intentsOf(classifier: Classifier, text: string): readonly ExpressedIntent[] {
  const named = new Map<string, ExpressedIntent>()
  for (const { label, share, start, end } of partsOf(classifier, text)) {
    const intent = signalIntents.find(each => each === label)
    if (intent === undefined || share < classifier.threshold || share <= (named.get(intent)?.confidence ?? 0)) continue
    named.set(intent, { intent, confidence: share, span: { start, end } })
  }
  return [...named.values()].sort((a, b) => b.confidence - a.confidence)
}

/** How likely it is that some part of the text expresses this intent: its largest share, without abstaining. */
export function shareOfIntent(classifier: Classifier, text: string, intent: SignalIntent): number {
  const label = classifier.softmax.labels.indexOf(intent)
  const shares = customerLines(text)
    .flatMap(line => sentencesIn(text, line))
    .flat()
    .map(({ start, end }) => sharesIn(classifier, text.slice(start, end))[label] ?? 0)
  return Math.max(0, ...shares)
}

function partsOf(classifier: Classifier, text: string): readonly Part[] {
  return customerLines(text)
    .flatMap(line => sentencesIn(text, line))
    .flatMap(clauses => bestPartition(classifier, text, clauses))
}

interface Head {
  readonly score: number
  /** The last part, and before which clause it begins. */
  readonly part?: Part
  readonly first: number
}

/** The partition of a sentence's clauses whose parts are the surest, each weighed by its length. */
function bestPartition(classifier: Classifier, text: string, clauses: readonly Span[]): readonly Part[] {
  const heads: Head[] = [{ score: 0, first: 0 }]
  for (let last = 0; last < clauses.length; last++) {
    const ways = Array.from({ length: Math.min(MOST_CLAUSES, last + 1) }, (_, before) => {
      const first = last - before
      const part = partOf(classifier, text, clauses[first]?.start ?? 0, clauses[last]?.end ?? 0)
      const worth = (part.end - part.start) * (part.share - COST_OF_A_CLAUSE * before)
      return { score: (heads[first]?.score ?? 0) + worth, part, first }
    })
    heads.push(ways.reduce((a, b) => (b.score > a.score ? b : a)))
  }
  const parts: Part[] = []
  for (let head = heads.at(-1); head?.part !== undefined; head = heads[head.first]) parts.push(head.part)
  return parts
}

function partOf(classifier: Classifier, text: string, start: number, end: number): Part {
  const shares = sharesIn(classifier, text.slice(start, end))
  const share = Math.max(...shares)
  return { start, end, label: classifier.softmax.labels[shares.indexOf(share)] ?? NO_INTENT, share }
}

function sharesIn({ softmax, temperature }: Classifier, text: string): Float64Array {
  return sharesOf(softmax, featuresOf(text), temperature)
}
