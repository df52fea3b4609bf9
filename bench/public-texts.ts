// Public labelled texts, on which the learner of signals is measured against what others reach: BANKING77 and CaSiNo.
import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse'
import { featuresOf } from '../subgraphs/customers/signals/features.ts'
import { shareOfIntent } from '../subgraphs/customers/signals/intents.ts'
import type { Classifier } from '../subgraphs/customers/signals/model.ts'
import { type Example, sharesOf, type TrainingOptions, trainSoftmax } from '../subgraphs/customers/signals/softmax.ts'

/** The share of BANKING77's official test split that the learner gets right, trained on the official training split. */
export async function banking77(folder: string, options: TrainingOptions) {
  const [training, test] = await Promise.all(
    ['train.csv', 'test.csv'].map(file => examplesOf(join(folder, 'banking77', file))),
  )
  const model = trainSoftmax(training ?? [], options)
  const right = (test ?? []).filter(({ features, label }) => {
    const shares = sharesOf(model, features)
    return model.labels[shares.indexOf(Math.max(...shares))] === label
  })
  const tested = test?.length ?? 0
  return { trained: training?.length ?? 0, tested, labels: model.labels.length, accuracy: right.length / tested }
}

async function examplesOf(file: string): Promise<readonly Example[]> {
  const examples: Example[] = []
  for await (const row of createReadStream(file).pipe(parse({ columns: true }))) {
    const { text, category } = row as { text: string; category: string }
    examples.push({ features: featuresOf(text), label: category })
  }
  return examples
}

const SMALL_TALK = 'small-talk'
const NO_STRATEGY = 'non-strategic'
/** Turns in which somebody makes or argues for a deal; fixed before anything was measured. */
const DEALING = ['promote-coordination', 'vouch-fair', 'uv-part']

interface Dialogue {
  readonly turns: readonly { readonly text: string; readonly strategy?: string }[]
}

/**
 * How well the share of BARGAINING ranks the turns of CaSiNo's negotiations (over firewood, not money): the chance that a
 * turn of one kind is ranked above one of the other. Nothing was tuned on them.
 */
export function casino(folder: string, classifier: Classifier) {
  const lines = readFileSync(join(folder, 'casino', 'dialogues.jsonl'), 'utf8')
    .trim()
    .split('\n')
  const turns = lines
    .flatMap(line => (JSON.parse(line) as Dialogue).turns)
    .flatMap(({ text, strategy }) =>
      strategy === undefined
        ? []
        : [{ strategies: strategy.split(','), share: shareOfIntent(classifier, text, 'BARGAINING') }],
    )
  const sharesWhere = (isOne: (strategies: readonly string[]) => boolean) =>
    turns.filter(({ strategies }) => isOne(strategies)).map(({ share }) => share)
  const dealing = sharesWhere(strategies => strategies.some(each => DEALING.includes(each)))
  const others = sharesWhere(strategies => strategies.every(each => !DEALING.includes(each)))
  const smallTalk = sharesWhere(strategies => strategies.every(each => each === SMALL_TALK))
  const strategic = sharesWhere(strategies => strategies.some(each => each !== SMALL_TALK && each !== NO_STRATEGY))
  return {
    turns: turns.length,
    dealingAboveOthers: areaUnderCurve(dealing, others),
    strategicAboveSmallTalk: areaUnderCurve(strategic, smallTalk),
  }
}

/** The chance that one of the first is above one of the second; ties count half. */
export function areaUnderCurve(above: readonly number[], below: readonly number[]): number {
  const ranked = [...above.map(value => ({ value, isAbove: true })), ...below.map(value => ({ value, isAbove: false }))]
  ranked.sort((a, b) => a.value - b.value)
  let ranks = 0
  for (let first = 0; first < ranked.length; ) {
    let next = first
    while (next < ranked.length && ranked[next]?.value === ranked[first]?.value) next++
    const meanRank = (first + 1 + next) / 2
    ranks += meanRank * ranked.slice(first, next).filter(({ isAbove }) => isAbove).length
    first = next
  }
  return (ranks - (above.length * (above.length + 1)) / 2) / (above.length * below.length)
}
