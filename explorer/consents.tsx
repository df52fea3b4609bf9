// Switches for the consents of the customer of the sample data, moved as that customer would.
import type { ResultOf } from 'gql.tada'
import { useEffect, useState } from 'preact/hooks'
import { clientOf, consentsOf, give, withdraw } from './client.ts'
import type { Viewer } from './session.ts'
import { useWords } from './words.ts'

interface Props {
  readonly subject: Viewer
  /** The customer that the comparison is about, where its variables name one. */
  readonly customerId: unknown
  /** Called after each change. */
  readonly onChange: () => Promise<void>
}

type Purpose = ResultOf<typeof consentsOf>['purposes'][number]['purpose']

interface Switch {
  readonly purpose: Purpose
  readonly recipient: string
  readonly given: boolean
}

export function Consents({ subject, customerId, onChange }: Props) {
  const words = useWords()
  const [switches, setSwitches] = useState<readonly Switch[]>([])
  const [moving, setMoving] = useState(false)
  const [problem, setProblem] = useState('')

  const load = async () => {
    const { data, error } = await clientOf(subject.token, subject.purpose ?? '').query(consentsOf, {
      customerId: subject.id,
    })
    setProblem(error?.message ?? '')
    if (data !== undefined) setSwitches(switchesOf(data))
  }
  const move = async ({ purpose, recipient, given }: Switch) => {
    if (moving) return
    setMoving(true)
    const variables = { input: { purpose, recipient }, idempotencyKey: crypto.randomUUID() }
    const { error } = await clientOf(subject.token, subject.purpose ?? '').mutation(given ? withdraw : give, variables)
    await load()
    if (error) setProblem(error.message)
    else await onChange()
    setMoving(false)
  }
  useEffect(() => void load(), [subject.token])

  return (
    <fieldset>
      <legend>{words.consents}</legend>
      <p class="quiet">{words.consentsHint}</p>
      {customerId !== undefined && customerId !== subject.id && <p>{words.consentsOther}</p>}
      {problem !== '' && (
        <p role="alert" class="problem">
          {problem}
        </p>
      )}
      <div class="choices">
        {switches.map(each => (
          <label key={`${each.purpose} ${each.recipient}`} class="check">
            <input
              type="checkbox"
              role="switch"
              checked={each.given}
              aria-checked={each.given}
              aria-disabled={moving}
              onClick={event => {
                // The switch follows what the server says, and not the click.
                event.preventDefault()
                void move(each)
              }}
            />
            <span>
              {each.purpose} {each.recipient !== '' && <span class="quiet">→ {each.recipient}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** What the customer spoke of, and what else needs a consent. A partner is offered only where one was named before. */
function switchesOf({ customer, purposes }: ResultOf<typeof consentsOf>): Switch[] {
  const spoken = (customer?.consents ?? []).map(({ purpose, recipient, state }) => ({
    purpose,
    recipient,
    given: state === 'GIVEN',
  }))
  const unspoken = purposes
    .filter(({ purpose, bases }) => purpose !== 'PARTNER_SHARING' && bases.some(({ needsConsent }) => needsConsent))
    .filter(({ purpose }) => !spoken.some(each => each.purpose === purpose))
  return [...spoken, ...unspoken.map(({ purpose }) => ({ purpose, recipient: '', given: false }))]
}
