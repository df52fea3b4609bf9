import { useId } from 'preact/hooks'
import { useWords } from './words.ts'

interface Props {
  readonly label: string
  readonly purposes: readonly string[]
  /** Empty for none. */
  readonly value: string
  readonly onChoose: (purpose: string) => void
}

export function PurposeChoice({ label, purposes, value, onChoose }: Props) {
  const words = useWords()
  const id = useId()
  return (
    <div>
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={event => onChoose(event.currentTarget.value)}>
        <option value="">{words.none}</option>
        {purposes.map(purpose => (
          <option key={purpose} value={purpose}>
            {purpose}
          </option>
        ))}
      </select>
    </div>
  )
}
