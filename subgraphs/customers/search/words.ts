// The words by which texts are found, the same on both engines: the engines' own ways of telling words apart differ. Pure.
import { ApiError } from '../../../core/errors.ts'

const LONGEST_SEARCH = 200
/** Of longer words the beginning is compared: an engine may cut them elsewhere. */
const LONGEST_WORD = 64

/** Shown as nothing, and within words: joiners, directions of writing, soft hyphens. */
const INVISIBLE = /\p{Cf}/gu
const RUN = /[\p{L}\p{N}\p{M}]+/gu
/** Written without spaces between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー]+|[^\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー]+/gu
const IS_UNSPACED = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー]/u

/**
 * What a text can be found by, separated by spaces: its words in small letters, whatever their width; where there are no spaces
 * between words each character and each pair of neighbours. Empty for a text without letters and digits.
 * @example searchWordsOf('预算 OK') is '预 算 预算 ok'.
 */
export function searchWordsOf(text: string): string {
  return wordsBy(text, characters => [...characters, ...pairsOf(characters)]).join(' ')
}

/**
 * The words that are looked for: of what has no spaces the pairs alone, which say more. Throws BAD_USER_INPUT for a text without
 * letters and digits, and for one that is too long.
 */
export function wordsAsked(text: string): readonly string[] {
  if (text.length > LONGEST_SEARCH) {
    throw new ApiError('BAD_USER_INPUT', { at: 'text', expected: `at most ${LONGEST_SEARCH} characters` })
  }
  const words = wordsBy(text, characters => (characters.length === 1 ? characters : pairsOf(characters)))
  if (words.length === 0) throw new ApiError('BAD_USER_INPUT', { at: 'text', expected: 'a letter or a digit' })
  return words
}

/** Each word once. */
function wordsBy(text: string, ofUnspaced: (characters: readonly string[]) => readonly string[]): readonly string[] {
  const folded = text.toWellFormed().normalize('NFKC').replace(INVISIBLE, '').toLowerCase()
  const runs = (folded.match(RUN) ?? []).flatMap(run => run.match(UNSPACED) ?? [])
  return [
    ...new Set(
      runs.flatMap(run => (IS_UNSPACED.test(run) ? ofUnspaced([...run]) : [...run].slice(0, LONGEST_WORD).join(''))),
    ),
  ]
}

function pairsOf(characters: readonly string[]): readonly string[] {
  return characters.slice(1).map((character, place) => `${characters[place]}${character}`)
}
