// The prepared operations, grouped by task.
import { useId } from 'preact/hooks'
import type { PreparedOperation } from './session.ts'
import { useWords } from './words.ts'

interface Props {
  readonly operations: readonly PreparedOperation[]
  readonly value: string
  readonly onChoose: (operation: PreparedOperation) => void
}

export function OperationChoice({ operations, value, onChoose }: Props) {
  const words = useWords()
  const id = useId()
  const tasks = [...new Set(operations.map(({ task }) => task))]
  const choose = (name: string) => {
    const chosen = operations.find(each => each.name === name)
    if (chosen !== undefined) onChoose(chosen)
  }
  return (
    <div>
      <label for={id}>{words.operation}</label>
      <select id={id} value={value} onChange={event => choose(event.currentTarget.value)}>
        {!operations.some(({ name }) => name === value) && <option value={value}>{words.chooseOperation}</option>}
        {tasks.map(task => (
          <optgroup key={task} label={words.tasks[task] ?? task}>
            {operations
              .filter(each => each.task === task)
              .map(({ name, kind }) => (
                <option key={name} value={name}>
                  {kind === 'mutation' ? `${name} (${words.changes})` : name}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </div>
  )
}
