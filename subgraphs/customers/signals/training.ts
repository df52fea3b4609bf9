// Makes the model file from the labelled examples; the same examples give the same bytes.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temperatureFor, thresholdFor } from './calibration.ts'
import { examplesIn, type LabelledText } from './examples.ts'
import { featuresOf } from './features.ts'
import { figuresOf, type Language } from './figures.ts'
import { intentsOf, NO_INTENT } from './intents.ts'
import { type Classifier, type StoredModel, toClassifier, toStored, versionOf } from './model.ts'
import { sharesOf, type TrainingOptions, trainSoftmax } from './softmax.ts'

const LANGUAGES: readonly Language[] = ['zh', 'en', 'mixed']
/** How every classifier is trained, also where the learner is measured on other data. */
export const TRAINING: TrainingOptions = { epochs: 20, decay: 1e-6, leastExamples: 1 }

type Set = 'training' | 'calibration' | 'held-out'
type Examples = (language: Language, set: Set) => Promise<readonly LabelledText[]>

/** The examples of a folder of seeds, such as `seeds/signals`. */
function examplesFrom(folder: string, kind: 'intent' | 'valence'): Examples {
  return async (language, set) => examplesIn(await readFile(join(folder, kind, `${language}.${set}.txt`), 'utf8'))
}

/** Trains both classifiers on a folder of examples and measures them. */
export async function trainSignals(folder: string): Promise<StoredModel> {
  const intent = await trained('INTENT', examplesFrom(folder, 'intent'))
  const valence = await trained('VALENCE', examplesFrom(folder, 'valence'))
  const classifiers = { intent: intent.stored, valence: valence.stored }
  return {
    version: versionOf(classifiers),
    ...classifiers,
    trainingExamples: { intent: intent.examples, valence: valence.examples },
    figures: [...intent.figures, ...valence.figures],
  }
}

async function trained(kind: 'INTENT' | 'VALENCE', examples: Examples) {
  const all = async (set: Set) =>
    (await Promise.all(LANGUAGES.map(language => examples(language, set)))).flat().map(toJudged)
  const training = await all('training')
  const calibration = await all('calibration')
  const softmax = trainSoftmax(training, TRAINING)
  // What is chosen is chosen for the classifier as it will be read back, with its coarser weights.
  const coarse = toClassifier(toStored({ softmax, temperature: 1, threshold: 0 }))
  const temperature = temperatureFor(coarse.softmax, calibration)
  const silent = { ...coarse, temperature, threshold: 0 }
  const claims = calibration.flatMap(each => claimsOf(kind, silent, each))
  const expected = calibration.filter(({ label }) => label !== NO_INTENT).length
  const stored = toStored({ softmax, temperature, threshold: thresholdFor(claims, expected) })
  const classifier = toClassifier(stored)
  const figures = await Promise.all(
    LANGUAGES.map(async language => figuresOf(kind, classifier, language, await examples(language, 'held-out'))),
  )
  return { stored, examples: training.length, figures: figures.flat() }
}

type Judged = ReturnType<typeof toJudged>

function toJudged({ text, labels }: LabelledText) {
  return { text, features: featuresOf(text), label: labels[0] ?? NO_INTENT }
}

function claimsOf(kind: 'INTENT' | 'VALENCE', classifier: Classifier, { text, features, label }: Judged) {
  if (kind === 'INTENT') {
    return intentsOf(classifier, text).map(({ intent, confidence }) => ({ confidence, isRight: intent === label }))
  }
  const shares = sharesOf(classifier.softmax, features, classifier.temperature)
  const confidence = Math.max(...shares)
  return [{ confidence, isRight: classifier.softmax.labels[shares.indexOf(confidence)] === label }]
}
