// The page at /: the editor, whom to ask as, and beside it what the answer says of itself.
import './style.css'
import { render } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Editor, Typed } from './editor.ts'
import { OperationChoice } from './operation-choice.tsx'
import { Page } from './page.tsx'
import { Panel } from './panel.tsx'
import { PurposeChoice } from './purpose-choice.tsx'
import { type Outcome, send } from './send.ts'
import { fetchViewers, freshVariables, type PreparedOperation, type Session, type Viewer } from './session.ts'
import { useWords } from './words.ts'

const FIRST_OPERATION = 'CustomerTimeline'
/** Monaco stands still for seconds on more. */
const MOST_IN_EDITOR = 1_000_000

interface Asker {
  /** Of the viewer; in production there is none to name. */
  readonly name: string
  readonly kind: string | undefined
  readonly token: string
  readonly purpose: string
}

function Explore({ session }: { readonly session: Session }) {
  const words = useWords()
  const [viewers, setViewers] = useState(session.viewers)
  const [asker, setAsker] = useState<Asker>(() => askerOf(viewers[0]))
  const [onlyAllowed, setOnlyAllowed] = useState(false)
  const [operation, setOperation] = useState(FIRST_OPERATION)
  const [outcome, setOutcome] = useState<{ asked: string; outcome: Outcome }>()
  const [running, setRunning] = useState(false)
  const [editor, setEditor] = useState<Editor | 'loading' | 'failed'>('loading')
  const host = useRef<HTMLDivElement>(null)
  // The editor keeps the function it was opened with; this is whom it asks as at the moment.
  const current = useRef({ asker, viewers, words })
  current.current = { asker, viewers, words }

  const run = async ({ query, variables = {}, operationName }: Typed): Promise<object> => {
    const { asker: asking, viewers: known, words: saying } = current.current
    if (operationName === 'IntrospectionQuery') {
      const introspecting = known.find(({ kind }) => session.introspectors.includes(kind)) ?? asking
      return shownOf(await send({ document: query, variables, token: introspecting.token, purpose: '' }))
    }
    setRunning(true)
    const { token, purpose } = asking
    const came = await send({ document: query, variables, operationName: operationName ?? undefined, token, purpose })
    const as = [operationName, asking.name, purpose].filter(part => part).join(' · ')
    setOutcome({ asked: as, outcome: came })
    setRunning(false)
    if (came.kind === 'answer' && came.characters > MOST_IN_EDITOR) return { note: saying.large }
    return shownOf(came)
  }

  useEffect(() => {
    const first = session.operations.find(({ name }) => name === FIRST_OPERATION)
    const opening = import('./editor.ts').then(({ openEditor }) => {
      if (host.current === null) throw new Error('the page is gone')
      return openEditor(host.current, {
        document: first?.document ?? '',
        variables: first ? JSON.stringify(freshVariables(first), null, 2) : '',
        run,
      })
    })
    opening.then(setEditor, () => setEditor('failed'))
  }, [])

  const chooseOperation = (chosen: PreparedOperation) => {
    setOperation(chosen.name)
    if (typeof editor !== 'string') editor.load(chosen.document, JSON.stringify(freshVariables(chosen), null, 2))
  }
  const renewTokens = async () => {
    const renewed = await fetchViewers()
    setViewers(renewed)
    const token = renewed.find(({ name }) => name === asker.name)?.token
    if (token !== undefined) setAsker({ ...asker, token })
  }
  const operations = session.operations.filter(
    ({ viewers: kinds }) => !onlyAllowed || asker.kind === undefined || kinds.includes(asker.kind),
  )

  return (
    <div class="explore">
      <form class="controls" aria-label={words.explore} onSubmit={event => event.preventDefault()}>
        {session.production ? (
          <div>
            <label for="token">{words.token}</label>
            <input
              id="token"
              type="password"
              autocomplete="off"
              value={asker.token}
              aria-describedby="token-hint"
              onInput={event => setAsker({ ...asker, token: event.currentTarget.value.trim() })}
            />
            <span id="token-hint" class="quiet">
              {words.tokenHint}
            </span>
          </div>
        ) : (
          <div>
            <label for="viewer">{words.viewer}</label>
            <select
              id="viewer"
              value={asker.name}
              onChange={event => setAsker(askerOf(viewers.find(({ name }) => name === event.currentTarget.value)))}
            >
              {viewers.map(({ name, kind }) => (
                <option key={name} value={name}>
                  {name} ({kind})
                </option>
              ))}
            </select>
          </div>
        )}
        <PurposeChoice
          label={words.purpose}
          purposes={session.purposes}
          value={asker.purpose}
          onChoose={purpose => setAsker({ ...asker, purpose })}
        />
        <OperationChoice operations={operations} value={operation} onChoose={chooseOperation} />
        {!session.production && (
          <label class="check">
            <input
              type="checkbox"
              checked={onlyAllowed}
              onChange={event => setOnlyAllowed(event.currentTarget.checked)}
            />
            {words.onlyAllowed}
          </label>
        )}
        <p role="status" class="quiet">
          {editor === 'loading' && words.editorLoading}
          {editor === 'failed' && words.editorFailed}
          {running && words.running}
        </p>
      </form>
      <div class="editor" ref={host} />
      <Panel
        outcome={outcome?.outcome}
        asked={outcome?.asked ?? ''}
        renew={session.production ? undefined : () => void renewTokens()}
      />
    </div>
  )
}

function askerOf(viewer: Viewer | undefined): Asker {
  const { name = '', kind, token = '', purpose = null } = viewer ?? {}
  return { name, kind, token, purpose: purpose ?? '' }
}

/** What the editor shows of an outcome: the answer as it came, or what came instead. */
function shownOf(outcome: Outcome): object {
  if (outcome.kind !== 'answer') return { outcome }
  const { data, errors, masks, cost } = outcome
  return {
    data,
    ...(errors.length > 0 && { errors }),
    extensions: {
      ...(cost !== undefined && { cost }),
      masks,
    },
  }
}

const root = document.getElementById('page')
if (root !== null) render(<Page at="explore">{session => <Explore session={session} />}</Page>, root)
