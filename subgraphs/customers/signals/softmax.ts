// The learner: softmax regression on tf-idf of features, the same for every classifier here. Pure, and the same weights
// at every run: the order of the examples comes from a fixed sequence.

export interface Example {
  readonly features: readonly string[]
  readonly label: string
}

export interface TrainingOptions {
  /** How often each example is seen. */
  readonly epochs: number
  /** How strongly weights are drawn to 0. */
  readonly decay: number
  /** The least number of examples that a feature has to stand in. */
  readonly leastExamples: number
}

/** What was learnt. Weights of one feature stand together: `weights[feature * labels + label]`. */
export interface Softmax {
  readonly labels: readonly string[]
  readonly vocabulary: ReadonlyMap<string, number>
  /** How rare each known feature is. */
  readonly rarities: Float32Array
  /** How rare a feature is that training never saw. */
  readonly unknownRarity: number
  readonly weights: Float32Array
  readonly biases: Float32Array
}

interface SparseVector {
  readonly indexes: readonly number[]
  readonly values: readonly number[]
}

const LEARNING_RATE = 0.5

export function trainSoftmax(examples: readonly Example[], options: TrainingOptions): Softmax {
  const labels = [...new Set(examples.map(({ label }) => label))].sort()
  const { vocabulary, rarities, unknownRarity } = vocabularyOf(examples, options.leastExamples)
  const model = {
    labels,
    vocabulary,
    rarities,
    unknownRarity,
    weights: new Float32Array(vocabulary.size * labels.length),
    biases: new Float32Array(labels.length),
  }
  const vectors = examples.map(({ features }) => vectorOf(model, features))
  const targets = examples.map(({ label }) => labels.indexOf(label))
  const squares = new Float32Array(model.weights.length).fill(1e-2)
  const biasSquares = new Float32Array(labels.length).fill(1e-2)
  const order = examples.map((_, index) => index)
  const random = sequence()
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, random)
    for (const index of order) {
      const vector = vectors[index]
      if (vector !== undefined) step(model, vector, targets[index] ?? 0, options.decay, squares, biasSquares)
    }
  }
  return model
}

/** One step of AdaGrad: a weight that has moved much moves less, so that rare features are learnt as fast as common ones. */
function step(
  { weights, biases, labels }: Softmax,
  { indexes, values }: SparseVector,
  target: number,
  decay: number,
  squares: Float32Array,
  biasSquares: Float32Array,
): void {
  const count = labels.length
  const errors = softmax(scoresOf(weights, biases, indexes, values, count), 1)
  errors[target] = (errors[target] ?? 0) - 1
  for (let place = 0; place < indexes.length; place++) {
    const offset = (indexes[place] ?? 0) * count
    const value = values[place] ?? 0
    for (let label = 0; label < count; label++) {
      const at = offset + label
      const weight = weights[at] ?? 0
      const gradient = (errors[label] ?? 0) * value + decay * weight
      const square = (squares[at] ?? 0) + gradient * gradient
      squares[at] = square
      weights[at] = weight - (LEARNING_RATE * gradient) / Math.sqrt(square)
    }
  }
  for (let label = 0; label < count; label++) {
    const gradient = errors[label] ?? 0
    const square = (biasSquares[label] ?? 0) + gradient * gradient
    biasSquares[label] = square
    biases[label] = (biases[label] ?? 0) - (0.1 * gradient) / Math.sqrt(square)
  }
}

/** The share that each label has in a text of these features, in the order of `labels`; sums to 1. */
export function sharesOf(model: Softmax, features: readonly string[], temperature = 1): Float64Array {
  const { indexes, values } = vectorOf(model, features)
  return softmax(scoresOf(model.weights, model.biases, indexes, values, model.labels.length), temperature)
}

function scoresOf(
  weights: Float32Array,
  biases: Float32Array,
  indexes: readonly number[],
  values: readonly number[],
  count: number,
): Float64Array {
  const scores = Float64Array.from(biases)
  for (let place = 0; place < indexes.length; place++) {
    const offset = (indexes[place] ?? 0) * count
    const value = values[place] ?? 0
    for (let label = 0; label < count; label++)
      scores[label] = (scores[label] ?? 0) + (weights[offset + label] ?? 0) * value
  }
  return scores
}

function softmax(scores: Float64Array, temperature: number): Float64Array {
  const highest = Math.max(...scores)
  const shares = scores.map(score => Math.exp((score - highest) / temperature))
  const total = shares.reduce((sum, share) => sum + share, 0)
  return shares.map(share => share / total)
}

/**
 * tf-idf of length 1. Features that training never saw count for the length and for nothing else: what is mostly
 * unknown scores low for every label, and is abstained from.
 */
function vectorOf(
  { vocabulary, rarities, unknownRarity }: Omit<Softmax, 'weights' | 'biases' | 'labels'>,
  features: readonly string[],
): SparseVector {
  const counts = new Map<string, number>()
  for (const feature of features) counts.set(feature, (counts.get(feature) ?? 0) + 1)
  const indexes: number[] = []
  const values: number[] = []
  let squared = 0
  for (const [feature, count] of counts) {
    const index = vocabulary.get(feature)
    const value = (1 + Math.log(count)) * (index === undefined ? unknownRarity : (rarities[index] ?? 0))
    squared += value * value
    if (index === undefined) continue
    indexes.push(index)
    values.push(value)
  }
  const length = Math.sqrt(squared) || 1
  return { indexes, values: values.map(value => value / length) }
}

function vocabularyOf(examples: readonly Example[], leastExamples: number) {
  const examplesWith = new Map<string, number>()
  for (const { features } of examples) {
    for (const feature of new Set(features)) examplesWith.set(feature, (examplesWith.get(feature) ?? 0) + 1)
  }
  const known = [...examplesWith].filter(([, count]) => count >= leastExamples).sort(([a], [b]) => (a < b ? -1 : 1))
  const rarityOf = (count: number) => Math.log((1 + examples.length) / (1 + count)) + 1
  return {
    vocabulary: new Map(known.map(([feature], index) => [feature, index])),
    rarities: Float32Array.from(known.map(([, count]) => rarityOf(count))),
    unknownRarity: rarityOf(0),
  }
}

/** A fixed sequence of numbers in [0, 1): Lehmer's generator. */
function sequence(): () => number {
  let state = 20_261_109
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

function shuffle(order: number[], random: () => number): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const moved = order[last] ?? 0
    order[last] = order[other] ?? 0
    order[other] = moved
  }
}
