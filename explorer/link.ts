// The part of the address behind # that carries a comparison: operation, viewers, purposes. Browsers do not send it, and
// no variable stands in it, because a variable may say whom a comparison is about.

export interface Comparison {
  readonly operation: string
  readonly viewers: readonly { readonly name: string; readonly purpose: string }[]
}

export const FEWEST_VIEWERS = 2
export const MOST_VIEWERS = 6

export function fragmentOf({ operation, viewers }: Comparison): string {
  const parts = new URLSearchParams({ operation })
  for (const { name, purpose } of viewers) parts.append('as', purpose === '' ? name : `${name}:${purpose}`)
  return `#${parts}`
}

/** What a fragment says, of the operations, viewers and purposes that there are; undefined where that is no comparison. */
export function comparisonIn(
  fragment: string,
  known: {
    readonly operations: readonly string[]
    readonly viewers: readonly string[]
    readonly purposes: readonly string[]
  },
): Comparison | undefined {
  const parts = new URLSearchParams(fragment.replace(/^#/, ''))
  const operation = parts.get('operation') ?? ''
  const viewers = parts.getAll('as').map(each => {
    const [name = '', purpose = ''] = each.split(':')
    return { name, purpose: known.purposes.includes(purpose) ? purpose : '' }
  })
  const distinct = viewers.filter(
    ({ name }, index) => known.viewers.includes(name) && viewers.findIndex(each => each.name === name) === index,
  )
  if (!known.operations.includes(operation) || distinct.length < FEWEST_VIEWERS) return undefined
  return { operation, viewers: distinct.slice(0, MOST_VIEWERS) }
}
