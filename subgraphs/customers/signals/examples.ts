// The language in which examples are written: a label, then sentences of it, with choices and names to fill in. Pure.

export interface LabelledText {
  readonly text: string
  /** Several where a text has several intents, none where it has none of them. */
  readonly labels: readonly string[]
}

/** How many sentences a template gives. */
const SENTENCES_A_TEMPLATE = 3
const NAMES = /^\{(\w+)\} = (.+)$/
const CHOICE = /\[([^\]]*)\]/
const NAME = /\{(\w+)\}/

/**
 * The examples of a file: `# LABEL …` begins a section, `{name} = a | b` gives what a name stands for, every other line is
 * a sentence, in which `[a|b]` is a choice. A line with a choice or name is a template and gives up to three sentences.
 */
export function examplesIn(file: string): readonly LabelledText[] {
  const names = new Map<string, readonly string[]>()
  const examples: LabelledText[] = []
  let labels: readonly string[] | undefined
  for (const [number, line] of file.split('\n').entries()) {
    const [, name = '', values = ''] = NAMES.exec(line) ?? []
    if (line.trim() === '') continue
    if (name !== '') names.set(name, values.split(' | '))
    else if (line.startsWith('# ')) labels = line.slice(2).split(' ')
    else if (labels === undefined) throw new Error(`line ${number + 1} stands under no label`)
    else for (const text of sentencesOf(line, names)) examples.push({ text, labels })
  }
  return examples
}

function sentencesOf(template: string, names: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const sentences = Array.from({ length: SENTENCES_A_TEMPLATE }, (_, turn) => filledIn(template, names, turn))
  return [...new Set(sentences)]
}

/** Each choice of a template takes another turn, so that the sentences of one template share as little as they can. */
function filledIn(template: string, names: ReadonlyMap<string, readonly string[]>, turn: number): string {
  let sentence = template
  for (let place = 0; CHOICE.test(sentence); place++) {
    sentence = sentence.replace(CHOICE, (_, choices: string) => nth(choices.split('|'), turn + turn * place))
  }
  for (let place = template.length; NAME.test(sentence); place += 7) {
    sentence = sentence.replace(NAME, (_, name: string) => nth(names.get(name) ?? [], turn + place))
  }
  return sentence
}

function nth(values: readonly string[], place: number): string {
  const value = values[place % values.length]
  if (value === undefined) throw new Error('a name in a template stands for nothing')
  return value
}
