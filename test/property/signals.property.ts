import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areaUnderCurve } from '../../bench/public-texts.ts'
import { calibrationError, temperatureFor, thresholdFor } from '../../subgraphs/customers/signals/calibration.ts'
import { classify, currentModel } from '../../subgraphs/customers/signals/classify.ts'
import { emotionOf } from '../../subgraphs/customers/signals/emotion.ts'
import { featuresOf } from '../../subgraphs/customers/signals/features.ts'
import { toClassifier, toStored } from '../../subgraphs/customers/signals/model.ts'
import { sharesOf, trainSoftmax } from '../../subgraphs/customers/signals/softmax.ts'
import { comparable, customerLines, sentencesIn } from '../../subgraphs/customers/signals/text.ts'

const phrases = [
  '价格',
  '便宜',
  '能不能',
  'price',
  'discount',
  '，',
  '。',
  '！',
  '!!',
  '?',
  ' ',
  '\n',
  '客户：',
  'Seller: ',
  '😡',
  '3.5',
  '但是',
]
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }).map(text => text.toWellFormed()),
  fc
    .array(fc.oneof(fc.constantFrom(...phrases), fc.string({ unit: 'grapheme', maxLength: 4 })), { maxLength: 40 })
    .map(parts => parts.join('').toWellFormed()),
)
const runs = { numRuns: Number(process.env.CASES ?? 300) }

describe('any text at all', () => {
  it('is classified, by intents that stand in it in order of their confidence', () => {
    fc.assert(
      fc.property(anyText, text => {
        const { intents, emotion } = classify(text)
        expect(new Set(intents.map(({ intent }) => intent)).size).toBe(intents.length)
        for (const [index, { confidence, span }] of intents.entries()) {
          expect(confidence).toBeGreaterThanOrEqual(currentModel().intent.threshold)
          expect(confidence).toBeLessThanOrEqual(intents[index - 1]?.confidence ?? 1)
          expect(span.start).toBeGreaterThanOrEqual(0)
          expect(span.end).toBeLessThanOrEqual(text.length)
          expect(text.slice(span.start, span.end).trim()).not.toBe('')
        }
        if (emotion === undefined) return
        expect(emotion.arousal).toBeGreaterThanOrEqual(0)
        expect(emotion.arousal).toBeLessThanOrEqual(1)
        expect(Math.abs(emotion.valence ?? 0)).toBeLessThanOrEqual(1)
      }),
      runs,
    )
  })

  it('is parted into clauses that leave out nothing that is said', () => {
    fc.assert(
      fc.property(anyText, text => {
        const letters = (part: string) => part.replace(/[^\p{L}\p{N}]/gu, '')
        for (const line of customerLines(text)) {
          const clauses = sentencesIn(text, line).flat()
          for (const [index, { start, end }] of clauses.entries()) {
            expect(start).toBeGreaterThanOrEqual(clauses[index - 1]?.end ?? line.start)
            expect(end).toBeLessThanOrEqual(line.end)
          }
          const said = clauses.map(({ start, end }) => letters(text.slice(start, end))).join('')
          expect(said).toBe(letters(text.slice(line.start, line.end)))
        }
      }),
      runs,
    )
  })

  it('says the same in full width, in capitals and with invisible characters in it', () => {
    fc.assert(
      fc.property(fc.constantFrom('can i have a discount', '价格能不能再便宜一点'), fc.nat(), (text, place) => {
        const at = place % text.length
        const disguised = `${text.slice(0, at)}\u200b${text.slice(at)}`.toUpperCase()
        expect(comparable(disguised)).toBe(comparable(text))
      }),
      runs,
    )
  })
})

describe('a text of the greatest length', () => {
  it.each([
    ['，'.repeat(20_000)],
    ['压 '.repeat(10_000)],
    [`${' '.repeat(19_998)}ok`],
    ['a b '.repeat(5_000)],
    ['AB '.repeat(6_666)],
    ['!'.repeat(20_000)],
    ['嗯！'.repeat(10_000)],
    ['\u202e'.repeat(20_000)],
    ['\ufdfa'.repeat(20_000)],
    ['客户：\n'.repeat(5_000)],
  ])('is answered, whatever it is made of: %.6s…', text => {
    expect(text.length).toBeLessThanOrEqual(20_000)
    expect(classify(text).intents.length).toBeLessThanOrEqual(1)
  })
})

describe('arousal', () => {
  const { valence } = currentModel()
  const partsOf = (text: string, voice?: { loudness: number; pitch: number; speechRate: number }) =>
    Object.fromEntries(emotionOf(valence, text, voice)?.arousalParts.map(({ source, value }) => [source, value]) ?? [])

  it('rises with each exclamation mark up to three a sentence, and valence does not move by the third', () => {
    expect(['很好', '很好！', '很好！！', '很好！！！', '很好！！！！'].map(text => partsOf(text).PUNCTUATION)).toEqual(
      [0, 1 / 3, 2 / 3, 1, 1],
    )
    expect(emotionOf(valence, '很好！')?.arousal).toBeLessThan(emotionOf(valence, '很好！！！')?.arousal ?? 0)
  })

  it('tells the shouting of capitals from acronyms', () => {
    expect(partsOf('DRG and CT need PACS').CAPITALS).toBe(0)
    expect(partsOf('THIS IS LATE').CAPITALS).toBe(1)
    expect(partsOf('please answer IMMEDIATELY').CAPITALS).toBeGreaterThan(0.4)
  })

  it('is read from repetition and emoji, and from the voice where there is one', () => {
    expect(partsOf('sooooo 好好好').REPETITION).toBe(1)
    expect(partsOf('😡').EMOJI).toBeCloseTo(1 / 3)
    expect(partsOf('好').VOICE).toBeUndefined()
    expect(partsOf('好', { loudness: -3, pitch: -1, speechRate: -2 }).VOICE).toBe(0)
    expect(partsOf('好', { loudness: 3, pitch: 3, speechRate: 3 }).VOICE).toBeCloseTo(Math.tanh(1.5))
  })
})

describe('the learner', () => {
  const examples = [
    ['red apple', 'FRUIT'],
    ['green apple', 'FRUIT'],
    ['red car', 'MACHINE'],
    ['fast car', 'MACHINE'],
  ].map(([text = '', label = '']) => ({ features: featuresOf(text), label }))
  const options = { epochs: 20, decay: 1e-6, leastExamples: 1 }

  it('learns the same from the same examples, and gives shares that sum to one', () => {
    const [one, other] = [trainSoftmax(examples, options), trainSoftmax(examples, options)]
    expect(one).toEqual(other)
    const shares = sharesOf(one, featuresOf('an apple'))
    expect(shares[0]).toBeGreaterThan(0.5)
    expect((shares[0] ?? 0) + (shares[1] ?? 0)).toBeCloseTo(1)
  })

  it('is less sure of a text the more of it is unknown', () => {
    const model = trainSoftmax(examples, options)
    const sureOf = (text: string) => Math.max(...sharesOf(model, featuresOf(text)))
    expect(sureOf('apple')).toBeGreaterThan(sureOf('apple zzz'))
    expect(sureOf('apple zzz')).toBeGreaterThan(sureOf('apple zzz yyy xxx www'))
  })

  it('answers alike before and after it was stored, and stores the same a second time', () => {
    const softmax = trainSoftmax(examples, options)
    const stored = toStored({ softmax, temperature: 1, threshold: 0.5 })
    const read = toClassifier(stored)
    for (const { features } of examples) {
      expect(sharesOf(read.softmax, features)[0]).toBeCloseTo(sharesOf(softmax, features)[0] ?? 0, 1)
    }
    expect(toStored(read)).toEqual(stored)
  })
})

describe('calibration', () => {
  it('finds no error where confidence is the share of right ones, and all of it where it is the opposite', () => {
    const claims = (confidence: number, right: number) =>
      Array.from({ length: 10 }, (_, n) => ({ confidence, isRight: n < right }))
    expect(calibrationError([...claims(0.8, 8), ...claims(0.3, 3)])).toBeCloseTo(0)
    expect(calibrationError(claims(1, 0))).toBeCloseTo(1)
    expect(calibrationError([])).toBe(0)
  })

  it('sets the threshold where wrong claims begin to cost more than right ones bring', () => {
    const claims = [0.9, 0.8, 0.7, 0.6, 0.5].map((confidence, n) => ({ confidence, isRight: n < 3 }))
    expect(thresholdFor(claims, 3)).toBe(0.7)
    expect(thresholdFor([{ confidence: 0.9, isRight: false }], 1)).toBe(1)
  })

  it('cools shares that are too timid and warms those that are too sure', () => {
    const model = trainSoftmax(
      [
        { features: ['a'], label: 'A' },
        { features: ['b'], label: 'B' },
      ],
      { epochs: 5, decay: 1e-6, leastExamples: 1 },
    )
    const right = { features: ['a'], label: 'A' }
    const wrong = { features: ['a'], label: 'B' }
    expect(temperatureFor(model, [right])).toBeLessThan(1)
    expect(temperatureFor(model, [right, right, wrong])).toBeGreaterThan(temperatureFor(model, [right]))
  })
})

describe('the area under the curve', () => {
  it('is the chance that one of the first is above one of the second', () => {
    const list = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(list, list, (above, below) => {
        const pairs = above.flatMap(a => below.map((b): number => (a > b ? 1 : a === b ? 0.5 : 0)))
        expect(areaUnderCurve(above, below)).toBeCloseTo(pairs.reduce((sum, each) => sum + each, 0) / pairs.length)
      }),
      runs,
    )
  })
})
