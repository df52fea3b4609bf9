// Makes confidences mean what they say, and says how far they do. Pure.
import { type Softmax, sharesOf } from './softmax.ts'

/** An example of which only the features and the right label count here. */
interface Judged {
  readonly features: readonly string[]
  readonly label: string
}

const TEMPERATURES = Array.from({ length: 60 }, (_, step) => 0.1 * 1.07 ** step)

/** The temperature at which the right labels of these examples, which training never saw, are the most likely. */
export function temperatureFor(model: Softmax, examples: readonly Judged[]): number {
  const lossAt = (temperature: number) =>
    examples.reduce((loss, { features, label }) => {
      const share = sharesOf(model, features, temperature)[model.labels.indexOf(label)] ?? 0
      return loss - Math.log(Math.max(share, 1e-12))
    }, 0)
  const losses = TEMPERATURES.map(lossAt)
  return TEMPERATURES[losses.indexOf(Math.min(...losses))] ?? 1
}

/** Something said with a confidence, and whether it was right. */
export interface Claim {
  readonly confidence: number
  readonly isRight: boolean
}

/** What is wrongly left unsaid counts for this much of what is wrongly said: the measure is F0.5. */
const WEIGHT_OF_SILENCE = 0.25

/** The confidence from which on the claims, of which `expected` could be right, are worth the most by F0.5. */
export function thresholdFor(claims: readonly Claim[], expected: number): number {
  const falling = claims.toSorted((a, b) => b.confidence - a.confidence)
  let best = { threshold: 1, worth: 0 }
  let right = 0
  for (const [index, { confidence, isRight }] of falling.entries()) {
    if (isRight) right++
    const worth = right / (index + 1 + WEIGHT_OF_SILENCE * expected)
    if (worth > best.worth) best = { threshold: confidence, worth }
  }
  return best.threshold
}

const BINS = 10

/** The expected calibration error, 0 to 1: how far confidence and share of right ones lie apart, over ten bins. */
export function calibrationError(claims: readonly Claim[]): number {
  const bins = Array.from({ length: BINS }, () => ({ confidence: 0, right: 0 }))
  for (const { confidence, isRight } of claims) {
    const bin = bins[Math.min(BINS - 1, Math.floor(confidence * BINS))]
    if (bin === undefined) continue
    bin.confidence += confidence
    bin.right += isRight ? 1 : 0
  }
  const apart = bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0)
  return claims.length === 0 ? 0 : apart / claims.length
}
