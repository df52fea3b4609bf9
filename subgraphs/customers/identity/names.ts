// Pure: how alike two names are. Latin ones by edit distance, Chinese ones by their characters, either in any order of words.
import { distance } from 'fastest-levenshtein'
import type { Level } from './compare.ts'
import { comparedName, unorderedName } from './normalise.ts'

const CHINESE = /^[\p{Script=Han}·\s]+$/u
/** From which share of equal letters two names are close, and from which they have something in common. */
const CLOSE = 0.84
const PARTLY = 0.6

/** How alike two names are; undefined where one is not known. */
export function nameLevel(a: string | undefined, b: string | undefined): Level | undefined {
  const [first, second] = [comparedName(a ?? ''), comparedName(b ?? '')]
  if (first === '' || second === '') return undefined
  if (first === second) return 'SAME'
  return CHINESE.test(first) && CHINESE.test(second) ? chineseLevel(first, second) : latinLevel(first, second)
}

/** Whether two names cannot be one person's. Of a name that is not known nothing is told. */
export function contradict(a: string | undefined, b: string | undefined): boolean {
  return nameLevel(a, b) === 'DIFFERENT'
}

/** A name of two to four characters: one differs by a slip, all in another order by a field swapped. */
function chineseLevel(a: string, b: string): Level {
  const [first, second] = [a, b].map(name => [...name.replace(/[·\s]/g, '')]) as [string[], string[]]
  if (first.join('') === second.join('')) return 'SAME'
  if ([...first].sort().join('') === [...second].sort().join('')) return 'SWAPPED'
  const shared = 2 * sharedOf(first, second)
  const similarity = shared / (first.length + second.length)
  if (first[0] === second[0] && similarity >= PARTLY) return 'CLOSE'
  return similarity > 0.5 ? 'PARTLY' : 'DIFFERENT'
}

function latinLevel(a: string, b: string): Level {
  const [first, second] = [unorderedName(a), unorderedName(b)]
  if (first === second) return 'SWAPPED'
  const similarity = Math.max(likeness(a, b), likeness(first, second))
  if (similarity >= CLOSE) return 'CLOSE'
  return similarity >= PARTLY || shareWord(a, b) ? 'PARTLY' : 'DIFFERENT'
}

function likeness(a: string, b: string): number {
  return 1 - distance(a, b) / Math.max(a.length, b.length)
}

function shareWord(a: string, b: string): boolean {
  const words = new Set(a.split(' ').filter(word => word.length > 1))
  return b.split(' ').some(word => words.has(word))
}

/** How many characters stand in both, each as often as it stands in the one that has fewer of it. */
function sharedOf(a: readonly string[], b: readonly string[]): number {
  const left = [...b]
  return a.filter(character => {
    const at = left.indexOf(character)
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  }).length
}
