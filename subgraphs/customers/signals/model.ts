// The two classifiers as one versioned file: small enough to be read in a review's diff stat, exact enough to be retrained to
// the byte.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Softmax } from './softmax.ts'

/** A learnt softmax with what was chosen on held-back texts: how sure its shares make it, and from where on it speaks. */
export interface Classifier {
  readonly softmax: Softmax
  readonly temperature: number
  readonly threshold: number
}

const ratio = z.number().min(0).max(1)

const storedClassifier = z.strictObject({
  labels: z.array(z.string().min(1)).min(2),
  /** One a line. */
  features: z.string(),
  /** In thousandths, 16 bits each. */
  rarities: z.base64(),
  unknownRarity: z.number(),
  /** 8 bits each, to be multiplied by the scale of its label. */
  weights: z.base64(),
  scales: z.array(z.number()),
  biases: z.array(z.number()),
  temperature: z.number().positive(),
  threshold: ratio,
})
type StoredClassifier = z.infer<typeof storedClassifier>

const figure = z.strictObject({
  classifier: z.enum(['INTENT', 'VALENCE']),
  label: z.string(),
  language: z.enum(['zh', 'en', 'mixed']),
  examples: z.int(),
  precision: ratio.nullable(),
  recall: ratio,
  f1: ratio,
  abstention: ratio,
  calibrationError: ratio,
})
export type Figure = z.infer<typeof figure>

const storedModel = z.strictObject({
  version: z.string(),
  intent: storedClassifier,
  valence: storedClassifier,
  trainingExamples: z.strictObject({ intent: z.int(), valence: z.int() }),
  figures: z.array(figure),
})
export type StoredModel = z.infer<typeof storedModel>

export interface SignalModel {
  /** Of the content, so that two files of one version answer alike. */
  readonly version: string
  readonly intent: Classifier
  readonly valence: Classifier
  readonly trainingExamples: { readonly intent: number; readonly valence: number }
  /** Measured on texts that neither training nor the choice of the thresholds saw. */
  readonly figures: readonly Figure[]
}

/** The version of a model of these classifiers. */
export function versionOf({ intent, valence }: Pick<StoredModel, 'intent' | 'valence'>): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([intent, valence]))
    .digest('hex')
  return `signals-${hash.slice(0, 12)}`
}

/** Reads a model file. Throws for one that is malformed or whose content is not that of its version. */
export function parseModel(json: string): SignalModel {
  const { intent, valence, ...others } = storedModel.parse(JSON.parse(json))
  const version = versionOf({ intent, valence })
  if (version !== others.version) throw new Error(`the model file says ${others.version} and holds ${version}`)
  return { ...others, intent: toClassifier(intent), valence: toClassifier(valence) }
}

/** The classifier as it is stored; reading it back loses nothing more. */
export function toStored({ softmax, temperature, threshold }: Classifier): StoredClassifier {
  const { labels, vocabulary, rarities, unknownRarity, weights, biases } = softmax
  const scales = labels.map((_, label) => {
    const ofLabel = weights.filter((_weight, at) => at % labels.length === label)
    return Number((ofLabel.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / 127).toPrecision(6)) || 1
  })
  const quantised = Int8Array.from(weights, (weight, at) => Math.round(weight / (scales[at % labels.length] ?? 1)))
  return {
    labels: [...labels],
    features: [...vocabulary.keys()].join('\n'),
    rarities: base64Of(Uint16Array.from(rarities, rarity => Math.round(rarity * 1000))),
    unknownRarity: Number(unknownRarity.toFixed(3)),
    weights: base64Of(quantised),
    scales,
    biases: Array.from(biases, bias => Number(bias.toFixed(4))),
    temperature: Number(temperature.toPrecision(4)),
    threshold: Number(threshold.toFixed(3)),
  }
}

export function toClassifier(stored: StoredClassifier): Classifier {
  const { labels, scales, temperature, threshold, unknownRarity } = stored
  const quantised = new Int8Array(Buffer.from(stored.weights, 'base64'))
  const features = stored.features.split('\n')
  return {
    temperature,
    threshold,
    softmax: {
      labels,
      unknownRarity,
      vocabulary: new Map(features.map((feature, index) => [feature, index])),
      rarities: raritiesFrom(Buffer.from(stored.rarities, 'base64')),
      weights: Float32Array.from(quantised, (weight, at) => weight * (scales[at % labels.length] ?? 1)),
      biases: Float32Array.from(stored.biases),
    },
  }
}

function base64Of(numbers: Int8Array | Uint16Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64')
}

function raritiesFrom(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readUInt16LE(index * 2) / 1000)
}
