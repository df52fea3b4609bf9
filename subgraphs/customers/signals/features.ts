// What a classifier sees of a text: words and pairs of them, parts of words, and runs of Chinese characters. Pure.
import { comparable } from './text.ts'

const TOKEN = /\p{Script=Han}+|[\p{L}\p{M}']+|0|[%$€¥?!]|\p{Extended_Pictographic}/gu
const HAN = /^\p{Script=Han}/u
const SHORTEST_PART = 3
const LONGEST_PART = 4
const LONGEST_RUN = 3

/**
 * The features of a text, with repetition. Chinese: runs of 1 to 3 characters, which needs no segmenter. Other
 * scripts: words, pairs of words, and parts of words of 3 or 4 letters, so that a misspelt word is still half known.
 */
export function featuresOf(text: string): readonly string[] {
  const features: string[] = []
  let before = '^'
  for (const [token] of comparable(text).matchAll(TOKEN)) {
    if (HAN.test(token)) {
      addRuns(token, features)
      before = token.slice(-1)
      continue
    }
    features.push(token, `${before} ${token}`)
    before = token
    const bounded = `<${token}>`
    for (let length = SHORTEST_PART; length <= LONGEST_PART; length++) {
      for (let start = 0; start + length <= bounded.length; start++) {
        features.push(`~${bounded.slice(start, start + length)}`)
      }
    }
  }
  if (before !== '^') features.push(`${before} $`)
  return features
}

function addRuns(token: string, features: string[]): void {
  const characters = [...token]
  for (let start = 0; start < characters.length; start++) {
    for (let length = 1; length <= LONGEST_RUN && start + length <= characters.length; length++) {
      features.push(characters.slice(start, start + length).join(''))
    }
  }
}
