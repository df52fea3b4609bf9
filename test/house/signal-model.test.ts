// The model file is what its training command makes of the examples, and the examples are what the figures say they are.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { migrations } from '../../gateway/subgraphs.ts'
import { examplesIn } from '../../subgraphs/customers/signals/examples.ts'
import { NO_INTENT, signalIntents } from '../../subgraphs/customers/signals/intents.ts'
import { parseModel, type StoredModel } from '../../subgraphs/customers/signals/model.ts'
import { comparable } from '../../subgraphs/customers/signals/text.ts'
import { trainSignals } from '../../subgraphs/customers/signals/training.ts'

const MODEL = 'subgraphs/customers/signals/model.json'
const EXAMPLES = 'seeds/signals'
const LARGEST_MODEL_BYTES = 1_500_000

const kinds = ['intent', 'valence'] as const
const examplesOf = (kind: string, file: string) => examplesIn(readFileSync(`${EXAMPLES}/${kind}/${file}`, 'utf8'))
const committed = readFileSync(MODEL, 'utf8')

describe('the model file', () => {
  let trained: StoredModel
  beforeAll(async () => {
    trained = await trainSignals(EXAMPLES)
  })

  it('is, to the byte, what its training command makes of the examples', () => {
    expect(`${JSON.stringify(trained)}\n` === committed, `run npm run train:signals: it makes ${trained.version}`).toBe(
      true,
    )
  })

  it('is small', () => {
    expect(statSync(MODEL).size).toBeLessThan(LARGEST_MODEL_BYTES)
  })

  it('holds figures for each intent and polarity in each language', () => {
    const labels = { INTENT: [...signalIntents, 'ALL'], VALENCE: ['NEGATIVE', 'NEUTRAL', 'POSITIVE', 'ALL'] }
    for (const [classifier, expected] of Object.entries(labels)) {
      for (const language of ['zh', 'en', 'mixed']) {
        const rows = trained.figures.filter(each => each.classifier === classifier && each.language === language)
        expect(rows.map(({ label }) => label).sort(), `${classifier} ${language}`).toEqual(expected.sort())
      }
    }
  })

  it('is right more often than it was when the figures in docs/signals.md were written, less a little', () => {
    const of = (classifier: string, language: string) =>
      trained.figures.find(each => each.classifier === classifier && each.language === language && each.label === 'ALL')
    for (const language of ['zh', 'en', 'mixed']) {
      expect(of('INTENT', language)?.precision, language).toBeGreaterThan(0.75)
      expect(of('INTENT', language)?.recall, language).toBeGreaterThan(0.5)
      expect(of('VALENCE', language)?.precision, language).toBeGreaterThan(0.8)
    }
  })

  it('is refused when its content is not that of its version', () => {
    const model = JSON.parse(committed) as StoredModel
    const changed = { ...model, intent: { ...model.intent, threshold: 0.1 } }
    expect(() => parseModel(JSON.stringify(changed))).toThrow(`the model file says ${model.version} and holds`)
    expect(() => parseModel('{}')).toThrow()
  })

  it('tells apart the intents that the graph has nodes for, and no intent', () => {
    const nodes = migrations.flatMap(({ statements = [] }) => statements).find(each => each.includes(':Intent')) ?? ''
    const names = [...nodes.matchAll(/'([A-Z_]+)'/g)].map(([, name]) => name)
    expect(names).toEqual([...signalIntents])
    expect(trained.intent.labels).toEqual([...signalIntents, NO_INTENT].sort())
  })
})

describe('the examples', () => {
  it.each(['zh', 'en'])('are at least sixty an intent and polarity in %s, and some of mixed language', language => {
    for (const kind of kinds) {
      const counts = new Map<string, number>()
      for (const { labels } of examplesOf(kind, `${language}.training.txt`)) {
        for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
      }
      expect(counts.size, kind).toBe(kind === 'intent' ? signalIntents.length + 1 : 3)
      expect([...counts].filter(([, count]) => count < 60)).toEqual([])
    }
    expect(examplesOf('intent', 'mixed.training.txt').length).toBeGreaterThan(80)
  })

  it.each(kinds)('of %s that are held back are in no other set, however they are spelt', kind => {
    const sets = new Map<string, string[]>()
    for (const file of readdirSync(`${EXAMPLES}/${kind}`)) {
      const set = file.split('.')[1] ?? ''
      const texts = examplesOf(kind, file).map(({ text }) => comparable(text).replace(/[^\p{L}\p{N}]/gu, ''))
      sets.set(set, [...(sets.get(set) ?? []), ...texts])
    }
    const all = [...sets].flatMap(([set, texts]) => [...new Set(texts)].map(text => ({ set, text })))
    const places = new Map<string, string[]>()
    for (const { set, text } of all) places.set(text, [...(places.get(text) ?? []), set])
    expect([...sets.keys()].sort()).toEqual(['calibration', 'held-out', 'training'])
    expect([...places].filter(([, where]) => where.length > 1)).toEqual([])
  })

  it('are refused when a line stands under no label or names nothing', () => {
    expect(() => examplesIn('a sentence')).toThrow('line 1 stands under no label')
    expect(() => examplesIn('# A\na {thing}')).toThrow('a name in a template stands for nothing')
  })

  it('of a template differ in every choice', () => {
    const file = '{what} = one | two | three\n\n# A B\n[do|make|take] {what}[ now|]\nas it is\n'
    expect(examplesIn(file)).toEqual([
      { text: expect.stringMatching(/^do (one|two|three) now$/), labels: ['A', 'B'] },
      { text: expect.stringMatching(/^make (one|two|three)( now)?$/), labels: ['A', 'B'] },
      { text: expect.stringMatching(/^take (one|two|three)( now)?$/), labels: ['A', 'B'] },
      { text: 'as it is', labels: ['A', 'B'] },
    ])
  })
})
