// Beside the editor: what the last answer cost, how it came about, and what was withheld at which field and why.
import { Errors, Problem } from './outcome.tsx'
import type { Answer, Outcome } from './send.ts'
import { AnswerTree } from './tree.tsx'
import { useWords } from './words.ts'

interface Props {
  readonly outcome: Outcome | undefined
  readonly asked: string
  readonly renew?: (() => void) | undefined
}

export function Panel({ outcome, asked, renew }: Props) {
  const words = useWords()
  return (
    <section class="panel" aria-labelledby="answer-title">
      <h2 id="answer-title">{words.answer}</h2>
      {outcome === undefined && <p class="quiet">{words.nothingYet}</p>}
      {outcome !== undefined && <p>{asked}</p>}
      {outcome !== undefined && <Problem outcome={outcome} renew={renew} />}
      {outcome?.kind === 'answer' && (
        <>
          <Facts answer={outcome} />
          <Errors answer={outcome} />
          {outcome.data !== null && (
            <>
              <h3>{words.masks(outcome.masks.length)}</h3>
              {outcome.masks.length === 0 && outcome.errors.length === 0 && <p class="quiet">{words.noMasks}</p>}
              <AnswerTree answer={outcome} explains />
            </>
          )}
        </>
      )}
    </section>
  )
}

function Facts({ answer }: { readonly answer: Answer }) {
  const words = useWords()
  const { status, milliseconds, characters, timings, evidenceEntryId, requestId, cost } = answer
  return (
    <dl class="facts">
      <dt>{words.status}</dt>
      <dd>{status}</dd>
      <dt>{words.evidence}</dt>
      <dd>{evidenceEntryId === null ? words.noEvidence : <code>{evidenceEntryId}</code>}</dd>
      <dt>{words.requestId}</dt>
      <dd>
        <code>{requestId}</code>
      </dd>
      {cost !== undefined && (
        <>
          <dt>{words.cost}</dt>
          <dd>
            <code>{JSON.stringify(cost)}</code>
          </dd>
        </>
      )}
      <dt>{words.took}</dt>
      <dd>{words.milliseconds(milliseconds)}</dd>
      <dt>{words.size}</dt>
      <dd>{words.characters(characters.toLocaleString(document.documentElement.lang))}</dd>
      <dt>{words.timings}</dt>
      <dd class="timings">
        {timings.map(([stage, ms]) => (
          <span key={stage}>
            {stage} {words.milliseconds(ms)}
          </span>
        ))}
      </dd>
    </dl>
  )
}
