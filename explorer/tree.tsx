// An answer as a tree: each mask and each error stands at its field, and what differs from other answers is marked.
// Everything that came from the server is shown as text.
import { useMemo, useState } from 'preact/hooks'
import type { MaskEntry } from '../docs/frontend/mask.ts'
import { type Child, childrenOf, isRecord, placeKey, type Step } from './paths.ts'
import type { Answer, AnswerError } from './send.ts'
import { useWords } from './words.ts'

/** So many children are shown at once, and so many more at each wish: an answer may have megabytes. */
const PAGE_SIZE = 50
const OPEN_DEPTH = 9
const LONGEST_TEXT = 2_000

interface Marks {
  readonly masks: ReadonlyMap<string, MaskEntry>
  readonly errors: ReadonlyMap<string, AnswerError>
  /** Keys of named paths. */
  readonly differing: ReadonlySet<string>
  /** Whether each mask tells its reason where it stands. */
  readonly explains: boolean
}

interface Props {
  readonly answer: Answer
  readonly differing?: ReadonlySet<string>
  readonly explains: boolean
}

const NOTHING: ReadonlySet<string> = new Set()

export function AnswerTree({ answer, differing = NOTHING, explains }: Props) {
  const { data, masks, errors } = answer
  const marks = useMemo(
    () => ({
      masks: new Map(masks.map(mask => [placeKey(mask.path), mask])),
      errors: new Map(errors.map(error => [placeKey(error.path ?? []), error])),
      differing,
      explains,
    }),
    [answer, differing, explains],
  )
  return <Children of={data} path={[]} named={[]} marks={marks} />
}

interface ChildrenProps {
  readonly of: unknown
  readonly path: readonly Step[]
  readonly named: readonly Step[]
  readonly marks: Marks
}

function Children({ of, path, named, marks }: ChildrenProps) {
  const words = useWords()
  const [count, setCount] = useState(PAGE_SIZE)
  const children = childrenOf(of)
  const rest = children.length - count
  return (
    <ul class="tree">
      {children.slice(0, count).map(child => (
        <Node
          key={child.step}
          child={child}
          path={[...path, child.step]}
          named={[...named, child.name]}
          marks={marks}
        />
      ))}
      {rest > 0 && (
        <li>
          <button type="button" onClick={() => setCount(count + PAGE_SIZE)}>
            {words.showMore(Math.min(rest, PAGE_SIZE))}
          </button>
        </li>
      )}
    </ul>
  )
}

interface NodeProps {
  readonly child: Child
  readonly path: readonly Step[]
  readonly named: readonly Step[]
  readonly marks: Marks
}

function Node({ child, path, named, marks }: NodeProps) {
  const words = useWords()
  const { step, value } = child
  const [open, setOpen] = useState(path.length <= OPEN_DEPTH)
  const mask = marks.masks.get(placeKey(path))
  const error = marks.errors.get(placeKey(path))
  const differs = marks.differing.has(placeKey(named))
  const size = Array.isArray(value) ? value.length : isRecord(value) ? Object.keys(value).length : 0
  const name = typeof step === 'number' ? `${step + 1}` : step
  const difference = differs && (
    <mark>
      <span aria-hidden="true">≠</span>
      <span class="unseen">{words.differs}</span>
    </mark>
  )
  if (size > 0) {
    return (
      <li>
        <details open={open} onToggle={event => setOpen(event.currentTarget.open)}>
          <summary>
            <span class="key">{name}:</span> {difference}
          </summary>
          {open && <Children of={value} path={path} named={named} marks={marks} />}
        </details>
      </li>
    )
  }
  return (
    <li class={differs ? 'differing' : ''}>
      <span class="key">{name}:</span> <span class={mask ? 'image' : 'value'}>{leafText(value, words)}</span>{' '}
      {difference}{' '}
      {mask && (marks.explains ? <Explained mask={mask} /> : <code class="reason">{mask.reasonCode}</code>)}
      {error && (
        <span class="problem">
          {error.extensions?.code} {error.message}
        </span>
      )}
    </li>
  )
}

function leafText(value: unknown, words: { emptyList: string; emptyObject: string }): string {
  if (Array.isArray(value)) return words.emptyList
  if (isRecord(value)) return words.emptyObject
  const text = typeof value === 'string' && value !== '' ? value : JSON.stringify(value)
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text
}

function Explained({ mask }: { readonly mask: MaskEntry }) {
  return (
    <details class="mask">
      <summary>
        <code>{mask.reasonCode}</code>
      </summary>
      <Reason mask={mask} />
    </details>
  )
}

/** A mask's kind, policy, legal basis and remedy. */
export function Reason({ mask }: { readonly mask: MaskEntry }) {
  const words = useWords()
  return (
    <dl>
      <dt>{words.policy}</dt>
      <dd>
        {mask.policyId} {mask.policyVersion}, {mask.mask}
      </dd>
      {mask.legalBasis !== null && (
        <>
          <dt>{words.legalBasis}</dt>
          <dd>{mask.legalBasis}</dd>
        </>
      )}
      <dt>{words.remedy}</dt>
      <dd>
        {mask.remedy} <a href={mask.docUrl}>{words.more}</a>
      </dd>
    </dl>
  )
}
