// Who is behind a value: the customers whom the viewer may know of, each with what it adds, masked as everything about it is.
import type { RequestContext } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import { type Connection, type PageRequest, toConnection } from '../../core/paging.ts'
import type { Subject } from '../../core/policy/entity-masks.ts'
import type { MetricContribution } from './analysis-types.ts'
import { countedBefore } from './cell-store.ts'
import { countEntity, WHOLE } from './count.ts'
import type { CountedFacts } from './counted-facts.ts'
import { visibleCustomers } from './lineage-store.ts'
import { nothing, plus, type Tally } from './tally.ts'
import { type Asked, placeName, placesAsked } from './values.ts'

/** How many customers are looked at for one page. A page may end before it is full; `hasNextPage` says whether to go on. */
const MOST_LOOKED_AT = 2_000
const STEP = 500

/** What one customer adds to the value, before it is masked. */
interface Contribution {
  readonly subject: Subject
  readonly tally: Tally
}

export const lineageOf = ({ definition, period, slice = WHOLE }: Asked): string =>
  `lineage/${definition.id}/${period.grain}/${period.from}/${slice}`

/** Throws BAD_USER_INPUT for a metric that is not about customers. */
export async function lineage(
  context: RequestContext,
  asked: Asked,
  page: PageRequest,
): Promise<Connection<MetricContribution>> {
  requireCustomers(asked)
  // Of whom amounts are withheld, nothing tells whether there are any: such customers are listed all the same.
  const isListed = ({ subject, tally }: Contribution) => isWithheld(context, subject) || tally.counted > 0
  const { found, lastId } = await contributions(context, asked, page.afterId ?? '', page.first + 1, isListed)
  const nodes = found.map(each => toContribution(context, each))
  const connection = toConnection(lineageOf(asked), page, nodes)
  // More may follow what was looked at, even where nothing of it was found.
  if (lastId === undefined || nodes.length > page.first) return connection
  const { edges } = toConnection(lineageOf(asked), { ...page, first: 1 }, [{ id: lastId }])
  return {
    ...connection,
    pageInfo: { ...connection.pageInfo, hasNextPage: true, endCursor: edges[0]?.cursor ?? null },
  }
}

/** Some customers of whom the viewer is shown what they add, and of whom that `isWanted`. */
export async function exampleContributions(
  context: RequestContext,
  asked: Asked,
  most: number,
  isWanted: (tally: Tally) => boolean,
): Promise<readonly MetricContribution[]> {
  if (asked.definition.entity !== 'Customer' || asked.definition.type === 'DERIVED') return []
  const isExample = ({ subject, tally }: Contribution) =>
    !isWithheld(context, subject) && tally.counted > 0 && isWanted(tally)
  const { found } = await contributions(context, asked, '', most, isExample)
  return found.map(each => toContribution(context, each))
}

function isWithheld({ masks }: RequestContext, subject: Subject): boolean {
  return masks.masksOf('MetricContribution', subject).length > 0
}

function requireCustomers({ definition: { entity, type } }: Asked): void {
  if (entity === 'Customer' && type !== 'DERIVED') return
  throw new ApiError('BAD_USER_INPUT', { at: 'id', expected: 'a metric that counts customers', got: entity })
}

/** `lastId` is of the last customer that was looked at, where there may be more. */
async function contributions(
  context: RequestContext,
  asked: Asked,
  afterFirst: string,
  most: number,
  isWanted: (contribution: Contribution) => boolean,
): Promise<{ readonly found: readonly Contribution[]; readonly lastId: string | undefined }> {
  const { graph, countable } = context.services
  const reader = { run: graph.read.bind(graph) }
  const wanted = placesAsked(asked, countable, context.at)
  const found: Contribution[] = []
  let afterId = afterFirst
  for (let lookedAt = 0; lookedAt < MOST_LOOKED_AT; lookedAt += STEP) {
    const subjects = await visibleCustomers(context, afterId, STEP)
    const counted = await countedBefore(
      reader,
      'Customer',
      subjects.map(({ id }) => id),
    )
    for (const subject of subjects) {
      const contribution = { subject, tally: tallyIn(asked, wanted, counted.get(subject.id)) }
      if (isWanted(contribution)) found.push(contribution)
      if (found.length === most) return { found, lastId: undefined }
    }
    const last = subjects.at(-1)
    if (last === undefined || subjects.length < STEP) return { found, lastId: undefined }
    afterId = last.id
  }
  return { found, lastId: afterId }
}

function tallyIn({ definition, slice = WHOLE }: Asked, wanted: ReadonlySet<string>, counted?: CountedFacts): Tally {
  if (counted === undefined) return nothing
  let sum = nothing
  for (const { place, tally } of countEntity([definition], counted).values()) {
    if (place.slice === slice && wanted.has(placeName(place))) sum = plus(sum, tally)
  }
  return sum
}

function toContribution({ masks }: RequestContext, { subject, tally }: Contribution): MetricContribution {
  const { numerator, denominator } = tally
  const { id } = subject
  return masks.apply('MetricContribution', { id, customer: { id }, numerator, denominator }, subject)
}
