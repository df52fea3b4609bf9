// One viewer's answer in a comparison, with the reasons beneath.
import type { MaskEntry } from '../docs/frontend/mask.ts'
import { KnownAs } from './known-as.tsx'
import { Errors, Problem } from './outcome.tsx'
import { placeKey } from './paths.ts'
import type { Outcome } from './send.ts'
import type { Viewer } from './session.ts'
import { AnswerTree, Reason } from './tree.tsx'
import { useWords } from './words.ts'

export interface Compared {
  readonly viewer: Viewer
  readonly purpose: string
  readonly outcome: Outcome
}

interface Props extends Compared {
  readonly differing: ReadonlySet<string>
  readonly customerId: unknown
  readonly run: number
  readonly renew: () => void
}

export function Column({ viewer, purpose, outcome, differing, customerId, run, renew }: Props) {
  const words = useWords()
  const title = `column-${viewer.name}`
  return (
    <section class="column" aria-labelledby={title}>
      <h3 id={title}>{viewer.name}</h3>
      <p class="quiet">
        {viewer.kind}, {purpose === '' ? words.none : purpose}
      </p>
      {typeof customerId === 'string' && (
        <KnownAs token={viewer.token} purpose={purpose} customerId={customerId} run={run} />
      )}
      <Problem outcome={outcome} renew={renew} />
      {outcome.kind === 'answer' && (
        <>
          <p>
            {words.masks(outcome.masks.length)}, {words.milliseconds(outcome.milliseconds)}
          </p>
          <Errors answer={outcome} />
          {outcome.data !== null && <AnswerTree answer={outcome} differing={differing} explains={false} />}
          <Reasons masks={outcome.masks} />
        </>
      )}
    </section>
  )
}

/** Each reason once, with the fields that it is about. */
function Reasons({ masks }: { readonly masks: readonly MaskEntry[] }) {
  const words = useWords()
  const groups = new Map<string, { readonly mask: MaskEntry; readonly fields: Set<string> }>()
  for (const mask of masks) {
    const key = placeKey([mask.reasonCode, mask.policyId, mask.mask, mask.remedy])
    const group = groups.get(key) ?? { mask, fields: new Set() }
    groups.set(key, group)
    group.fields.add(`${mask.type}.${mask.field}`)
  }
  if (groups.size === 0) return null
  return (
    <>
      <h4>{words.reasons}</h4>
      <ul class="plain">
        {[...groups].map(([key, { mask, fields }]) => (
          <li key={key}>
            <code class="reason">{mask.reasonCode}</code> {[...fields].join(', ')}
            <Reason mask={mask} />
          </li>
        ))}
      </ul>
    </>
  )
}
