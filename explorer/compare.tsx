// The page at /compare: one operation, two to six viewers, their answers side by side.
import './style.css'
import { render } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Column, type Compared } from './column.tsx'
import { Consents } from './consents.tsx'
import { differencesOf } from './differences.ts'
import { type Comparison, comparisonIn, FEWEST_VIEWERS, fragmentOf, MOST_VIEWERS } from './link.ts'
import { OperationChoice } from './operation-choice.tsx'
import { Page } from './page.tsx'
import { PurposeChoice } from './purpose-choice.tsx'
import { send } from './send.ts'
import { fetchViewers, type PreparedOperation, parseVariables, type Session, type Viewer } from './session.ts'
import { useWords } from './words.ts'

const FIRST: Comparison = {
  operation: 'CustomerTimeline',
  viewers: [
    { name: 'subject', purpose: 'SUBJECT_REQUEST' },
    { name: 'rep', purpose: 'SALES_FOLLOW_UP' },
    { name: 'partner', purpose: 'PARTNER_SHARING' },
  ],
}

interface Run {
  /** Counts the runs. */
  readonly number: number
  readonly columns: readonly Compared[]
}

function Compare({ session }: { readonly session: Session }) {
  const words = useWords()
  // A change run as six viewers would be made six times.
  const queries = session.operations.filter(({ kind }) => kind === 'query')
  const known = {
    operations: queries.map(({ name }) => name),
    viewers: session.viewers.map(({ name }) => name),
    purposes: session.purposes,
  }
  const first = useMemo(() => comparisonIn(location.hash, known) ?? FIRST, [])
  const [viewers, setViewers] = useState(session.viewers)
  const [operation, setOperation] = useState(() => queries.find(({ name }) => name === first.operation) ?? queries[0])
  const [variables, setVariables] = useState(() => printed(operation))
  const [chosen, setChosen] = useState(first.viewers)
  const [run, setRun] = useState<Run>({ number: 0, columns: [] })
  const [running, setRunning] = useState(false)
  const asking = useRef(0)
  const problem = problemOf(variables, chosen.length, words)
  const customerId = problem === undefined ? parseVariables(variables).customerId : undefined

  const compare = async (by: readonly Viewer[] = viewers) => {
    if (operation === undefined || problem !== undefined) return
    const number = ++asking.current
    setRunning(true)
    const sent = parseVariables(variables)
    const columns = await Promise.all(
      chosen.flatMap(({ name, purpose }) => {
        const viewer = by.find(each => each.name === name)
        if (viewer === undefined) return []
        const asked = { document: operation.document, variables: sent, token: viewer.token, purpose }
        return [send(asked).then((outcome): Compared => ({ viewer, purpose, outcome }))]
      }),
    )
    // An older comparison never replaces a newer one.
    if (number !== asking.current) return
    history.replaceState(null, '', fragmentOf({ operation: operation.name, viewers: chosen }))
    setRun({ number, columns })
    setRunning(false)
  }
  // Whoever comes for the first time sees at once what this is.
  useEffect(() => void compare(), [])

  const renew = async () => {
    const renewed = await fetchViewers()
    setViewers(renewed)
    await compare(renewed)
  }
  const chooseOperation = (next: PreparedOperation) => {
    setOperation(next)
    setVariables(printed(next))
  }
  const subject = viewers.find(({ kind }) => kind === 'SUBJECT')
  return (
    <div class="compare">
      <form
        class="controls"
        aria-label={words.compare}
        onSubmit={event => {
          event.preventDefault()
          void compare()
        }}
      >
        <OperationChoice operations={queries} value={operation?.name ?? ''} onChoose={chooseOperation} />
        <div>
          <label for="variables">{words.variables}</label>
          <textarea
            id="variables"
            rows={4}
            spellcheck={false}
            value={variables}
            aria-invalid={problem !== undefined}
            onInput={event => setVariables(event.currentTarget.value)}
          />
        </div>
        <ViewerChoice session={session} viewers={viewers} chosen={chosen} onChoose={setChosen} />
        {subject && <Consents subject={subject} customerId={customerId} onChange={() => compare()} />}
        {problem !== undefined && (
          <p role="alert" class="problem">
            {problem}
          </p>
        )}
        <p>
          <button type="submit" class="main" aria-disabled={problem !== undefined}>
            {words.compareNow}
          </button>
        </p>
        <p class="quiet">{variables === printed(operation) ? words.linkHint : words.variablesNotInLink}</p>
      </form>
      <Comparing run={run} running={running} customerId={customerId} renew={() => void renew()} />
    </div>
  )
}

interface ComparingProps {
  readonly run: Run
  readonly running: boolean
  readonly customerId: unknown
  readonly renew: () => void
}

function Comparing({ run: { number, columns }, running, customerId, renew }: ComparingProps) {
  const words = useWords()
  const { places, isComplete } = useMemo(
    () => differencesOf(columns.map(({ outcome }) => (outcome.kind === 'answer' ? outcome.data : undefined))),
    [columns],
  )
  const verdict = columns.length === 0 ? '' : places.size === 0 ? words.same : words.differences(places.size)
  return (
    <section aria-labelledby="answers-title">
      <h2 id="answers-title">{words.answer}</h2>
      <p role="status">
        {running ? words.running : verdict} {!isComplete && words.differencesCut}
      </p>
      <div class="columns">
        {columns.map(each => (
          <Column
            key={each.viewer.name}
            {...each}
            differing={places}
            customerId={customerId}
            run={number}
            renew={renew}
          />
        ))}
      </div>
    </section>
  )
}

interface ViewerChoiceProps {
  readonly session: Session
  readonly viewers: readonly Viewer[]
  readonly chosen: Comparison['viewers']
  readonly onChoose: (chosen: Comparison['viewers']) => void
}

function ViewerChoice({ session, viewers, chosen, onChoose }: ViewerChoiceProps) {
  const words = useWords()
  const toggle = (viewer: Viewer) => {
    const isChosen = chosen.some(({ name }) => name === viewer.name)
    const others = chosen.filter(({ name }) => name !== viewer.name)
    onChoose(isChosen ? others : [...chosen, { name: viewer.name, purpose: viewer.purpose ?? '' }])
  }
  const state = (name: string, purpose: string) =>
    onChoose(chosen.map(each => (each.name === name ? { name, purpose } : each)))
  return (
    <fieldset>
      <legend>{words.whoCompares(FEWEST_VIEWERS, MOST_VIEWERS)}</legend>
      <div class="choices">
        {viewers.map(viewer => {
          const { name, kind } = viewer
          const choice = chosen.find(each => each.name === name)
          return (
            <div key={name}>
              <label class="check">
                <input type="checkbox" checked={choice !== undefined} onChange={() => toggle(viewer)} />
                <span>
                  {name} <span class="quiet">{kind}</span>
                </span>
              </label>
              {choice && (
                <PurposeChoice
                  label={`${words.purpose}: ${name}`}
                  purposes={session.purposes}
                  value={choice.purpose}
                  onChoose={purpose => state(name, purpose)}
                />
              )}
            </div>
          )
        })}
      </div>
    </fieldset>
  )
}

function printed(operation: PreparedOperation | undefined): string {
  return JSON.stringify(operation?.variables ?? {}, null, 2)
}

function problemOf(variables: string, count: number, words: ReturnType<typeof useWords>): string | undefined {
  if (count < FEWEST_VIEWERS) return words.tooFew(FEWEST_VIEWERS)
  if (count > MOST_VIEWERS) return words.tooMany(MOST_VIEWERS)
  try {
    parseVariables(variables)
    return undefined
  } catch (error) {
    return words.variablesBad(error instanceof Error ? error.message : '')
  }
}

function ComparePage({ session }: { readonly session: Session }) {
  const words = useWords()
  return session.production ? <p>{words.productionCompare}</p> : <Compare session={session} />
}

const root = document.getElementById('page')
if (root !== null) render(<Page at="compare">{session => <ComparePage session={session} />}</Page>, root)
