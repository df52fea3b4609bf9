// How a text is read: whose words count, where one clause ends, and what spelling is looked through. Pure.

/** A part of a text, in UTF-16 code units of the original: [start, end). */
export interface Span {
  readonly start: number
  readonly end: number
}

const SELLER_TURN = /^\s*(?:销售|客服|顾问|seller|sales|agent|rep)\s*[:：]/i
const CUSTOMER_LABEL = /^\s*(?:客户|顾客|customer|client|buyer)\s*[:：]\s*/i

/** The lines that the customer said or wrote: of a transcript, those that no seller's label begins. */
export function customerLines(text: string): readonly Span[] {
  const lines: Span[] = []
  for (const { index, 0: line } of text.matchAll(/[^\n\r]+/g)) {
    if (SELLER_TURN.test(line)) continue
    const label = CUSTOMER_LABEL.exec(line)?.[0].length ?? 0
    lines.push({ start: index + label, end: index + line.length })
  }
  return lines
}

const SENTENCE = /[^。！？!?；;…]*?(?:[。！？!?；;…]+|[.](?=\s|$)|$)/g
// Words that begin another thought, and so may begin another intent. A comma within a number ends nothing.
const CLAUSE =
  /(?:[^，,：:]|[,:](?=\d))+?(?:(?:[，：]|[,:](?!\d))+|(?=另外|不过|但是|而且|同时|顺便|还有就是|\s(?:but|although|however|and also|by the way)\s)|$)/gi
/** What stands around a clause and belongs to none. */
const BETWEEN_CLAUSES = /[\s，,：:]/
/** A clause without any punctuation is cut here, so that the work on a text grows with its length and no faster. */
const LONGEST_CLAUSE = 160

/** The sentences of a part of a text, each as its clauses, with the space around them left out. */
export function sentencesIn(text: string, { start, end }: Span): readonly (readonly Span[])[] {
  return spansOf(SENTENCE, text, start, end)
    .map(sentence => spansOf(CLAUSE, text, sentence.start, sentence.end).flatMap(clause => cut(text, clause)))
    .filter(clauses => clauses.length > 0)
}

function spansOf(form: RegExp, text: string, start: number, end: number): Span[] {
  return [...text.slice(start, end).matchAll(form)].flatMap(({ index, 0: found }) => {
    let first = start + index
    let last = first + found.length
    while (first < last && BETWEEN_CLAUSES.test(text.charAt(first))) first++
    while (first < last && BETWEEN_CLAUSES.test(text.charAt(last - 1))) last--
    return first < last ? [{ start: first, end: last }] : []
  })
}

function cut(text: string, { start, end }: Span): Span[] {
  if (end - start <= LONGEST_CLAUSE) return [{ start, end }]
  const space = text.lastIndexOf(' ', start + LONGEST_CLAUSE)
  const middle = space > start ? space : start + LONGEST_CLAUSE
  return [{ start, end: middle }, ...cut(text, { start: middle, end })]
}

const INVISIBLE = /[\p{Cf}\p{Cc}\p{Mn}]+/gu
const BETWEEN_HAN = /(?<=\p{Script=Han})[\s*_~|·•.\-/\\]+(?=\p{Script=Han})/gu
const SPACED_LETTERS = /(?<![\p{L}\p{N}])\p{L}(?:[\s*_.-]\p{L}){2,}(?![\p{L}\p{N}])/gu

/**
 * The text as it is compared: NFKC, lower case, without invisible characters, with what was drawn apart put together
 * again (压 价, d i s c o u n t), and with each number as `0`.
 */
export function comparable(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(INVISIBLE, character => (character.includes('\u0000') || /\s/.test(character) ? ' ' : ''))
    .replace(BETWEEN_HAN, '')
    .replace(SPACED_LETTERS, letters => letters.replace(/[^\p{L}]/gu, ''))
    .replace(/\p{N}+(?:[.,]\p{N}+)*/gu, '0')
    .replace(/’/g, "'")
    .trim()
}
