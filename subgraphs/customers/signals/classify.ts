// What the current model makes of one text. The only module that reads the model file.
import { readFileSync } from 'node:fs'
import { ApiError } from '../../../core/errors.ts'
import { LONGEST_TEXT } from '../sources/record.ts'
import { type Emotion, emotionOf, type Voice } from './emotion.ts'
import { type ExpressedIntent, intentsOf } from './intents.ts'
import { parseModel, type SignalModel } from './model.ts'

const MODEL_FILE = new URL('./model.json', import.meta.url)

let model: SignalModel | undefined

/** The model that ships, read at first use. */
export function currentModel(): SignalModel {
  model ??= parseModel(readFileSync(MODEL_FILE, 'utf8'))
  return model
}

export interface ClassifiedText {
  readonly intents: readonly ExpressedIntent[]
  readonly emotion: Emotion | undefined
  readonly modelVersion: string
}

/** Throws BAD_USER_INPUT for a text longer than an interaction may have, before it is read, and for ill-formed Unicode. */
export function classify(text: string, voice?: Voice): ClassifiedText {
  if (text.length > LONGEST_TEXT) {
    throw new ApiError('BAD_USER_INPUT', {
      at: 'text',
      expected: `at most ${LONGEST_TEXT} characters`,
      got: String(text.length),
    })
  }
  if (!text.isWellFormed()) throw new ApiError('BAD_USER_INPUT', { at: 'text', expected: 'well-formed Unicode' })
  const { version, intent, valence } = currentModel()
  return { intents: intentsOf(intent, text), emotion: emotionOf(valence, text, voice), modelVersion: version }
}
