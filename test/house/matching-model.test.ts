// The weights of the matching are what their training command makes of the people of the seeds.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { trainingRecords } from '../../seeds/identity-people.ts'
import { matchModel } from '../../subgraphs/customers/identity/model.ts'
import { scoreOf, verdictOn } from '../../subgraphs/customers/identity/score.ts'
import { trainMatching } from '../../subgraphs/customers/identity/training.ts'

const committed = readFileSync('subgraphs/customers/identity/model.json', 'utf8')

describe('the weights of the matching', () => {
  let trained: string
  beforeAll(() => {
    trained = `${JSON.stringify(trainMatching(trainingRecords()), null, 2)}\n`
  })

  it('are, to the byte, what their training command makes of people whose records are known', () => {
    expect(committed === trained, 'run npm run train:matching').toBe(true)
  })

  it('change with the people: fewer of them make another version', () => {
    expect(trainMatching(trainingRecords().slice(0, 500)).version).not.toBe(matchModel().version)
  })

  it('speak for one person the more alike two are, field by field', () => {
    for (const field of ['name', 'phone', 'email', 'birthDate'] as const) {
      const bits = (level: 'SAME' | 'CLOSE' | 'DIFFERENT') => {
        const { m = 1, u = 1 } = matchModel().fields[field][level] ?? {}
        return Math.log2(m / u)
      }
      expect([bits('SAME') > bits('CLOSE'), bits('CLOSE') > 0, bits('DIFFERENT') < 0], field).toEqual([
        true,
        true,
        true,
      ])
    }
  })

  it('never bring two together by a name and a region alone: that is asked', () => {
    const [a, b] = [
      { name: '周明澜', region: 'CN-SH' },
      { name: '周明澜', region: 'CN-SH' },
    ]
    expect(verdictOn(matchModel(), scoreOf(matchModel(), a, b))).toBe('UNSURE')
  })
})
