// How well the classifiers do on texts that are held back: the figures that are printed with the model's version. Pure.
import { type Claim, calibrationError } from './calibration.ts'
import { emotionOf } from './emotion.ts'
import type { LabelledText } from './examples.ts'
import { featuresOf } from './features.ts'
import { intentsOf, NO_INTENT } from './intents.ts'
import type { Classifier, Figure } from './model.ts'
import { sharesOf } from './softmax.ts'

export type Language = Figure['language']

/** What each label of a classifier is worth on held-back texts of one language; the label ALL is over all of them. */
export function figuresOf(
  kind: Figure['classifier'],
  classifier: Classifier,
  language: Language,
  heldBack: readonly LabelledText[],
): readonly Figure[] {
  const judged = heldBack.map(({ text, labels }) => ({
    right: labels.filter(label => label !== NO_INTENT),
    named:
      kind === 'INTENT'
        ? intentsOf(classifier, text).map(({ intent }) => intent as string)
        : polarityOf(classifier, text),
    shares: sharesOf(classifier.softmax, featuresOf(text), classifier.temperature),
    label: labels[0] ?? NO_INTENT,
  }))
  const { labels } = classifier.softmax
  const named = labels.filter(label => label !== NO_INTENT)
  const figureOf = (label: string, counted: readonly string[], claims: readonly Claim[]): Figure => {
    const of = (texts: readonly string[]) => texts.filter(each => counted.includes(each))
    const examples = judged.filter(({ right }) => of(right).length > 0)
    const expected = judged.reduce((sum, { right }) => sum + of(right).length, 0)
    const claimed = judged.reduce((sum, each) => sum + of(each.named).length, 0)
    const hits = judged.reduce((sum, each) => sum + of(each.named).filter(one => each.right.includes(one)).length, 0)
    const silent = examples.filter(each => each.named.length === 0).length
    return {
      classifier: kind,
      label,
      language,
      examples: examples.length,
      precision: claimed === 0 ? null : rounded(hits / claimed),
      recall: rounded(hits / Math.max(1, expected)),
      f1: rounded((2 * hits) / Math.max(1, claimed + expected)),
      abstention: rounded(silent / Math.max(1, examples.length)),
      calibrationError: rounded(calibrationError(claims)),
    }
  }
  const claimsFor = (label: string) =>
    judged.map(each => ({ confidence: each.shares[labels.indexOf(label)] ?? 0, isRight: each.label === label }))
  const topClaims = judged.map(({ shares, label }) => {
    const confidence = Math.max(...shares)
    return { confidence, isRight: labels[shares.indexOf(confidence)] === label }
  })
  return [...named.map(label => figureOf(label, [label], claimsFor(label))), figureOf('ALL', named, topClaims)]
}

function polarityOf(classifier: Classifier, text: string): readonly string[] {
  const emotion = emotionOf(classifier, text)
  if (emotion?.valence === undefined || emotion.valence === null) return []
  const shares = sharesOf(classifier.softmax, featuresOf(text), classifier.temperature)
  return [classifier.softmax.labels[shares.indexOf(Math.max(...shares))] ?? '']
}

function rounded(value: number): number {
  return Number(value.toFixed(3))
}
