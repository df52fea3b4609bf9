// A period that is over is closed once: its values are kept as they were told, and what comes late restates them without hiding them.
import { type Recorded, recordChange } from '../../core/change.ts'
import type { RequestContext, Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import { canonicalJson, sha256 } from '../../core/evidence/commitment.ts'
import { hashOfReport, type ReportForm, sealed } from '../../core/evidence/sealed-report.ts'
import { open } from './answer.ts'
import { catalogue, definitionOf, regulatorIndicators } from './catalogue.ts'
import { type ClosedFigures, closedReport, closingsOf, keepClosing } from './closing-store.ts'
import type { Period } from './periods.ts'
import { countAll } from './projection.ts'
import { type ReportLine, reportBodies } from './report.ts'
import type { Asked, Figures } from './values.ts'

/** Keeps every value of the period and the report of its indicators. Throws BAD_USER_INPUT, CONFLICT. */
export async function closePeriod(
  { services, viewer, at: now, policy }: RequestContext,
  idempotencyKey: string,
  period: Period,
): Promise<Recorded<{ readonly closedAt: string }>> {
  if (period.to > now.slice(0, 10)) {
    throw new ApiError('BAD_USER_INPUT', {
      at: 'input',
      expected: 'a period that is over',
      got: `one until ${period.to}`,
    })
  }
  // What has come so far belongs to the values that are told.
  await countAll(services)
  const request = { viewer, mutation: 'closePeriod', idempotencyKey, input: { ...period } }
  return recordChange(services, request, async ({ unit, at, evidenceEntryId }) => {
    await unit.guard('metrics/closings')
    if ((await closingsOf(unit, [period])).size > 0) {
      throw new ApiError('CONFLICT', { at: 'input', expected: 'a period that is not closed yet' })
    }
    const { values, lines, checkpointSize } = await valuesToClose(services, now, period)
    const { controller } = services
    const bodies = reportBodies({ period, closedAt: at, controller, policy, checkpointSize }, lines)
    await keepClosing(unit, period, { closedAt: at, evidenceEntryId, bodies }, values)
    const { grain, from, to } = period
    const { JSON_LD, CSV, HTML } = bodies
    return {
      evidence: {
        kind: 'METRIC_PERIOD_CLOSED',
        statement: {
          grain,
          from,
          to,
          figures: sha256(canonicalJson(values)).toString('base64url'),
          JSON_LD: hashOfReport(JSON_LD),
          CSV: hashOfReport(CSV),
          HTML: hashOfReport(HTML),
        },
        facts: [],
      },
      events: [],
      result: { closedAt: at },
    }
  })
}

async function valuesToClose(services: Services, at: string, period: Period) {
  const asked = [...catalogue.values()].map(definition => ({ definition, period }))
  const answer = await open(services, at, asked)
  const values = asked.map(each => toClosed(each, answer.figures(each)))
  const lines = regulatorIndicators
    .map(definitionOf)
    .flatMap((definition): readonly ReportLine[] => [
      { definition, region: null, ...answer.figures({ definition, period }) },
      ...answer
        .figuresBy({ definition, period }, 'region')
        .map(([region, figures]) => ({ definition, region, ...figures })),
    ])
  return { values, lines, checkpointSize: answer.checkpointSize }
}

function toClosed({ definition }: Asked, { value, reason, numerator, denominator }: Figures): ClosedFigures {
  const { id: metric, version: definitionVersion, hash: definitionHash } = definition
  return { metric, definitionVersion, definitionHash, value, reason, numerator, denominator }
}

export interface SealedReport {
  readonly id: string
  readonly closedAt: string
  readonly document: string
}

/**
 * The report of a period with its proof; null while the period is open. Throws BAD_USER_INPUT within the second in which its
 * entry is not integrated yet.
 */
export async function regulatorReport(
  { graph, proofs }: Services,
  period: Period,
  form: ReportForm,
): Promise<SealedReport | null> {
  const found = await closedReport({ run: graph.read.bind(graph) }, period)
  if (found === undefined) return null
  const proof = await proofs.documentOf(found.evidenceEntryId)
  if (proof === undefined) throw new ApiError('EVIDENCE_UNAVAILABLE')
  const { evidenceEntryId: id, closedAt, bodies } = found
  return { id, closedAt, document: sealed(form, bodies[form], proof) }
}
