// What the signals are worth: the learner on BANKING77, the shipped model on its own held-back texts and on CaSiNo, and how
// many texts a second it reads. Accuracy is the same at every run; only the speed is the machine's.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { classify, currentModel } from '../subgraphs/customers/signals/classify.ts'
import { examplesIn, type LabelledText } from '../subgraphs/customers/signals/examples.ts'
import { intentsOf, NO_INTENT } from '../subgraphs/customers/signals/intents.ts'
import { TRAINING } from '../subgraphs/customers/signals/training.ts'
import { engineVersions, median, milliseconds, printTable, type Result, rounded, say } from './harness.ts'
import { banking77, casino } from './public-texts.ts'

const GOAL_ACCURACY = 0.89
const PUBLIC_DATA = process.env.REAL_DATA_DIR
const EXAMPLES = 'seeds/signals/intent'
const ROUNDS = 5

export async function benchSignals(size: number): Promise<Result> {
  const { version, intent, figures, trainingExamples } = currentModel()
  const ratios: Record<string, number> = {}
  const counts: Record<string, number | string> = {
    model: version,
    trainedOnIntent: trainingExamples.intent,
    trainedOnValence: trainingExamples.valence,
  }

  printTable(
    ['held back', 'language', 'texts', 'precision', 'recall', 'F1', 'abstention', 'calibration error'],
    figures.map(figure => [
      `${figure.classifier} ${figure.label}`,
      figure.language,
      figure.examples,
      figure.precision ?? 'none named',
      figure.recall,
      figure.f1,
      figure.abstention,
      figure.calibrationError,
    ]),
  )
  for (const { classifier, label, language, ...figure } of figures) {
    if (label !== 'ALL') continue
    const name = `${classifier.toLowerCase()}.${language}`
    ratios[`${name}.precision`] = figure.precision ?? 0
    ratios[`${name}.recall`] = figure.recall
    ratios[`${name}.f1`] = figure.f1
    ratios[`${name}.abstention`] = figure.abstention
    ratios[`${name}.calibrationError`] = figure.calibrationError
  }

  const texts = examplesIn(await readFile(join(EXAMPLES, 'texts.held-out.txt'), 'utf8'))
  const whole = texts.filter(text => sameIntents(text)).length
  counts.severalIntentsTexts = texts.length
  counts.severalIntentsAllRight = whole

  if (PUBLIC_DATA !== undefined) {
    say('Training the same learner on BANKING77.')
    const { accuracy, ...of } = await banking77(PUBLIC_DATA, TRAINING)
    ratios['banking77.accuracy'] = rounded(accuracy, 4)
    ratios['banking77.accuracy/goal'] = rounded(accuracy / GOAL_ACCURACY)
    counts.banking77Trained = of.trained
    counts.banking77Tested = of.tested
    say('Ranking the turns of CaSiNo by their share of BARGAINING.')
    const { turns, ...areas } = casino(PUBLIC_DATA, intent)
    ratios['casino.auc.dealingAboveOthers'] = rounded(areas.dealingAboveOthers)
    ratios['casino.auc.strategicAboveSmallTalk'] = rounded(areas.strategicAboveSmallTalk)
    counts.casinoTurns = turns
  } else {
    counts.publicTexts = 'not measured: REAL_DATA_DIR names no folder'
  }

  say('Reading texts.')
  for (const language of ['zh', 'en'] as const) {
    const held = examplesIn(await readFile(join(EXAMPLES, `${language}.held-out.txt`), 'utf8'))
    const many = Array.from({ length: Math.ceil(5_000 * size) }, (_, n) => held[n % held.length]?.text ?? '')
    const times: number[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const time = await milliseconds(async () => many.forEach(text => void classify(text)))
      // The first round warms up.
      if (round > 0) times.push(time)
    }
    counts[`textsPerSecond.${language}`] = Math.round((many.length * 1000) / median(times))
  }
  printTable(
    ['measure', 'value'],
    [...Object.entries(ratios).filter(([name]) => /banking|casino/.test(name)), ...Object.entries(counts)],
  )
  return { ratios, counts, engines: engineVersions() }

  function sameIntents({ text, labels }: LabelledText): boolean {
    const named = intentsOf(intent, text).map(each => each.intent)
    const expected = labels.filter(label => label !== NO_INTENT)
    return named.toSorted().join() === expected.toSorted().join()
  }
}
