// What a search finds: of the values as this viewer sees them, those that hold a word of it, the most of them first.
import { shownOf } from '../../../core/consent/images.ts'
import { type Cypher, cypher } from '../../../core/graph/cypher.ts'
import { type NamedTextIndex, wordsHeld } from '../../../core/graph/text-index.ts'
import type { Listing } from '../../../core/listing.ts'
import type { EntityMasks } from '../../../core/policy/entity-masks.ts'

/** The words of a customer's name, and of what was said in an interaction. */
export const NAMES: NamedTextIndex = { label: cypher`Customer`, property: cypher`searchWords` }
export const TEXTS: NamedTextIndex = { label: cypher`Interaction`, property: cypher`searchWords` }

const SEARCHED = {
  Customer: { index: NAMES, field: 'name', name: cypher`name`, node: cypher`c` },
  Interaction: { index: TEXTS, field: 'text', name: cypher`text`, node: cypher`i` },
}

/** Which rows a search finds, by what they hold: every one that is found is one of whom the value is shown. */
export type Search = Listing & { readonly where: Cypher; readonly key: Cypher }

/**
 * The listing of a search for these words; undefined where this viewer is shown the value of nobody, or a mask in its place, which
 * holds none of its words.
 */
export function searchListing(
  masks: Pick<EntityMasks, 'imageOf' | 'imageAsked'>,
  type: keyof typeof SEARCHED,
  words: readonly string[],
): Search | undefined {
  const { index, field, name, node } = SEARCHED[type]
  const image = masks.imageOf(type, field)
  if (image.effect === 'NEVER' || image.mask !== undefined) return undefined
  const shown = shownOf(masks.imageAsked(type, field), name)
  if (shown === 'NONE') return undefined
  const held = wordsHeld(index, node)
  const holdsSome = cypher`${held} > 0`
  return {
    shownFields: [field],
    wantsGiven: shown !== 'ALL',
    where: shown === 'ALL' ? holdsSome : cypher`${shown.where} AND ${holdsSome}`,
    // Not the engine's score: that counts in how many texts a word stands, those of others included.
    key: held,
    direction: cypher`DESC`,
    params: { words, ...(shown !== 'ALL' && shown.params) },
  }
}
