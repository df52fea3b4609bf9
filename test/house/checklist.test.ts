import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readChecklist } from '../../commands/checklist-file.ts'
import { catalogue } from '../../subgraphs/metrics/catalogue.ts'

describe('the generative-AI safety checklist', () => {
  it('names only tests that are there and metrics that are defined', async () => {
    const { items } = await readChecklist()
    expect(items.length).toBeGreaterThan(10)
    const wrong = items.flatMap(({ id, answers }) =>
      answers.flatMap(answer => {
        if ('metric' in answer) return catalogue.has(answer.metric) ? [] : [`${id}: no metric ${answer.metric}`]
        if (!('test' in answer)) return []
        const isThere = existsSync(answer.test) && readFileSync(answer.test, 'utf8').includes(`'${answer.name}'`)
        return isThere ? [] : [`${id}: no test ${answer.test}: ${answer.name}`]
      }),
    )
    expect(wrong).toEqual([])
  })

  it('has each item once', async () => {
    const ids = (await readChecklist()).items.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
