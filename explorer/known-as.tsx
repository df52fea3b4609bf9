// Whom a viewer knows the compared customer as: the shortest example of what docs/frontend is for.
import type { ResultOf } from 'gql.tada'
import { useEffect, useState } from 'preact/hooks'
import { isMask, type Masked } from '../docs/frontend/mask.ts'
import { clientOf, knownAs } from './client.ts'
import { useWords } from './words.ts'

interface Props {
  readonly token: string
  readonly purpose: string
  readonly customerId: string
  /** Counts the runs, so that each asks anew. */
  readonly run: number
}

export function KnownAs({ token, purpose, customerId, run }: Props) {
  const words = useWords()
  const [known, setKnown] = useState<ResultOf<typeof knownAs>['customer']>(null)
  useEffect(() => {
    let isCurrent = true
    clientOf(token, purpose)
      .query(knownAs, { customerId })
      .then(({ data }) => {
        if (isCurrent) setKnown(data?.customer ?? null)
      })
    return () => {
      isCurrent = false
    }
  }, [token, purpose, customerId, run])
  if (known === null) return null
  const shown = (value: Masked<string> | null) =>
    isMask(value) ? <abbr title={value.reason.remedy}>{value.image ?? words.withheld}</abbr> : value
  return (
    <p class="known">
      {words.knownAs}: {shown(known.name)} · {shown(known.phone)}
    </p>
  )
}
