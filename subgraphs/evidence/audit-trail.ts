// Who may ask the log for what, and how a question about a person becomes one about pseudonyms.
import type { RequestContext } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import { canonicalJson, sha256 } from '../../core/evidence/commitment.ts'
import { type Connection, pageRequest, toConnection } from '../../core/paging.ts'
import { type LoggedEntry, trail } from './log-store.ts'
import type { AuditTrailArgs } from './types.ts'

/**
 * The entries that the arguments ask for, in the order of the log. A subject is shown those about itself, whatever it
 * asks for. An unknown customer has none. Throws FORBIDDEN to operators who ask about a customer, BAD_USER_INPUT.
 */
export async function auditTrail(
  { viewer, services }: RequestContext,
  { kind, subjectId, actorId, from, to, first, after }: AuditTrailArgs,
): Promise<Connection<LoggedEntry>> {
  if (viewer.kind === 'OPERATOR' && subjectId) {
    throw new ApiError('FORBIDDEN', { expected: 'a viewer who may ask about a customer', got: viewer.kind })
  }
  if (from && to && from >= to) throw new ApiError('BAD_USER_INPUT', { at: 'to', expected: 'a time after from' })
  const about = viewer.kind === 'SUBJECT' ? viewer.id : (subjectId ?? undefined)
  const asked = { kind, about, actorId, from: from?.toISOString(), to: to?.toISOString() }
  // Hashed, because a cursor shows the name of its list.
  const list = `auditTrail/${sha256(canonicalJson(asked)).toString('base64url').slice(0, 16)}`
  const page = pageRequest(list, first, after)
  const { evidence, graph } = services
  const tag = about === undefined ? undefined : await evidence.tagOf(about)
  const isUnknown = about !== undefined && tag === undefined
  const isOthers = viewer.kind === 'SUBJECT' && subjectId && subjectId !== viewer.id
  if (isUnknown || isOthers) return toConnection(list, page, [])
  // A customer who acted stands in the index by its pseudonym, everybody else by id.
  const actorIds = actorId ? [actorId, await evidence.tagOf(actorId)].filter(id => id !== undefined) : undefined
  const filter = { kind: kind ?? undefined, tag, actorIds, from: asked.from, to: asked.to }
  return toConnection(list, page, await trail({ run: graph.read.bind(graph) }, filter, page))
}
