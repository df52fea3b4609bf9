// Pure: what a skill has to be to be taken in.
import type { ErrorDetail } from '../../../core/errors.ts'

export interface SkillDraft {
  readonly uri: string
  readonly scheme: 'ESCO' | 'ONET' | 'OWN'
  readonly labelEn: string
  readonly labelZh: string | null
  /** URIs of the skills that it is a part of. */
  readonly broader: readonly string[]
}

const MOST_AT_ONCE = 1_000
const LONGEST_URI = 300
const LONGEST_LABEL = 200

/** What is wrong with the first bad one; undefined where there is none. */
export function skillProblem(drafts: readonly SkillDraft[]): ErrorDetail | undefined {
  if (drafts.length === 0 || drafts.length > MOST_AT_ONCE) {
    return { at: 'skills', expected: `1 to ${MOST_AT_ONCE}`, got: String(drafts.length) }
  }
  const seen = new Set<string>()
  for (const [index, { uri, labelEn, labelZh, broader }] of drafts.entries()) {
    const at = (field: string) => `skills.${index}.${field}`
    if (!URL.canParse(uri) || uri.length > LONGEST_URI) {
      return { at: at('uri'), expected: `a URI of at most ${LONGEST_URI} characters` }
    }
    if (seen.has(uri)) return { at: at('uri'), expected: 'each skill once' }
    seen.add(uri)
    if (labelEn.trim() === '' || labelEn.length > LONGEST_LABEL || (labelZh ?? '').length > LONGEST_LABEL) {
      return { at: at('label'), expected: `1 to ${LONGEST_LABEL} characters` }
    }
    if (broader.includes(uri)) return { at: at('broader'), expected: 'other skills than itself' }
  }
  return undefined
}
