// Pure: orchestration response time, from the publication of a task to the first person in place.

export interface Response {
  readonly publishedAt: string
  /** Null while nobody is in place. */
  readonly respondedAt: string | null
  readonly isEscalated: boolean
}

export interface ResponseFigures {
  readonly tasks: number
  readonly responded: number
  readonly medianHours: number | null
  readonly p90Hours: number | null
  readonly withinTargetRatio: number | null
  readonly escalated: number
}

const HOUR_MS = 3_600_000

/** Hours by nearest rank: the value below or at which that share lies. Tasks that still have time count for no share. */
export function responseFigures(responses: readonly Response[], targetHours: number, now: string): ResponseFigures {
  const hours = responses
    .flatMap(({ publishedAt, respondedAt }) => (respondedAt === null ? [] : [hoursBetween(publishedAt, respondedAt)]))
    .sort((a, b) => a - b)
  const late = responses.filter(
    ({ publishedAt, respondedAt }) => respondedAt === null && hoursBetween(publishedAt, now) > targetHours,
  ).length
  const judged = hours.length + late
  return {
    tasks: responses.length,
    responded: hours.length,
    medianHours: quantile(hours, 0.5),
    p90Hours: quantile(hours, 0.9),
    withinTargetRatio: judged === 0 ? null : hours.filter(each => each <= targetHours).length / judged,
    escalated: responses.filter(({ isEscalated }) => isEscalated).length,
  }
}

export function hoursBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / HOUR_MS
}

function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}
