// What came back, as what it is: an answer whole or in part, a refusal, something foreign, or nothing.
import type { ComponentChildren } from 'preact'
import { placeKey, placeText } from './paths.ts'
import type { Answer, Outcome } from './send.ts'
import { useWords } from './words.ts'

const LONGEST_FOREIGN_TEXT = 2_000

/** One sentence on what went wrong as a whole, and what helps; nothing for a complete answer. */
export function Problem({ outcome, renew }: { readonly outcome: Outcome; readonly renew?: (() => void) | undefined }) {
  const words = useWords()
  if (outcome.kind === 'unreachable') return <Alert>{words.unreachable}</Alert>
  if (outcome.kind === 'late') return <Alert>{words.late(outcome.seconds)}</Alert>
  if (outcome.kind === 'foreign') {
    return (
      <Alert>
        {words.foreign(outcome.status)}
        <code class="foreign">{outcome.text.slice(0, LONGEST_FOREIGN_TEXT)}</code>
      </Alert>
    )
  }
  if (outcome.status === 401) {
    return (
      <Alert>
        {words.expired}{' '}
        {renew && (
          <button type="button" onClick={renew}>
            {words.newTokens}
          </button>
        )}
      </Alert>
    )
  }
  if (outcome.errors.length === 0) return null
  return <Alert>{outcome.data === null ? words.failed : words.partial}</Alert>
}

function Alert({ children }: { readonly children: ComponentChildren }) {
  return (
    <p role="alert" class="problem">
      {children}
    </p>
  )
}

export function Errors({ answer }: { readonly answer: Answer }) {
  const words = useWords()
  if (answer.errors.length === 0) return null
  return (
    <>
      <h3>{words.errors(answer.errors.length)}</h3>
      <ul class="plain">
        {answer.errors.map(({ message, path, extensions }) => (
          <li key={placeKey([...(path ?? []), message])}>
            {extensions?.docUrl === undefined ? (
              <code>{extensions?.code}</code>
            ) : (
              <a href={extensions.docUrl}>
                <code>{extensions.code}</code>
              </a>
            )}{' '}
            {path && <code>{placeText(path)}</code>} {message}
          </li>
        ))}
      </ul>
    </>
  )
}
