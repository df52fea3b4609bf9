import { describe, expect, it } from 'vitest'
import { adoptionPack, adoptionPart, planFor } from '../../subgraphs/metrics/adoption.ts'
import { AdoptionPainEnum, AdoptionPartEnum } from '../../subgraphs/metrics/adoption-types.ts'
import { catalogue, healthDimensions } from '../../subgraphs/metrics/catalogue.ts'
import { reachedOf, SCORECARDS, scoreOf } from '../../subgraphs/metrics/scorecards.ts'

const parts = Object.values(AdoptionPartEnum)

describe('the adoption pack', () => {
  it('is called for with three weak dimensions, and for the part first that answers to most', () => {
    expect(adoptionPack(['graph-completeness', 'capability-trades'])).toEqual([])
    const pack = adoptionPack(['graph-completeness', 'capability-trades', 'task-match-response'])
    expect(pack.map(({ part }) => part)).toEqual(['LIQUID_ORGANISATION_MODELLING_TOOL', 'AI_CONFIGURATION_WIZARD'])
  })

  it('answers in its three parts to each of the six dimensions once', () => {
    const answered = parts.flatMap(part => adoptionPart(part).targets.map(({ metric }) => metric))
    expect(answered.sort()).toEqual([...healthDimensions].sort())
    expect(adoptionPart('LIQUID_ORGANISATION_MODELLING_TOOL').targets).toEqual([
      { metric: 'task-match-response', target: 6 },
      { metric: 'capability-trades', target: 50 },
    ])
  })

  it.each(Object.values(AdoptionPainEnum))(
    'orders all parts against %s, and proves itself by a metric that there is',
    pain => {
      const { trend, steps } = planFor(pain)
      expect(catalogue.has(trend)).toBe(true)
      expect(steps.map(({ part }) => part).sort()).toEqual([...parts].sort())
    },
  )
})

describe('a scorecard', () => {
  it.each(SCORECARDS.map(each => [each.id, each] as const))(
    'of %s has weights of 1 in all, over metrics that there are',
    (_, { lines }) => {
      expect(lines.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12)
      expect(lines.filter(({ metric }) => !catalogue.has(metric))).toEqual([])
    },
  )

  it("gives the customers' own operations 30 % of a course advisor's score", () => {
    const advisor = SCORECARDS.find(({ id }) => id === 'course-advisor')
    expect(advisor?.lines.find(({ metric }) => metric === 'self-operation-frequency')?.weight).toBe(0.3)
  })

  it('counts what is reached of the full value, never more, whichever way is better', () => {
    expect([reachedOf('UP', 0.5, 1), reachedOf('UP', 2, 1), reachedOf('UP', -20, 50)]).toEqual([0.5, 1, 0])
    expect([reachedOf('DOWN', 60, 30), reachedOf('DOWN', 10, 30), reachedOf('DOWN', 0, 30)]).toEqual([0.5, 1, 1])
  })

  it('is the mean of what has a value, by weight', () => {
    expect(
      scoreOf([
        { weight: 0.3, reached: 1 },
        { weight: 0.1, reached: 0 },
        { weight: 0.6, reached: null },
      ]),
    ).toEqual({ score: expect.closeTo(0.75, 12), measuredWeight: 0.4 })
    expect(scoreOf([{ weight: 1, reached: null }])).toEqual({ score: null, measuredWeight: 0 })
  })
})
