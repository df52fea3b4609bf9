// What stands in the place of a personal value that was withheld or changed.

/** An entry of `extensions.masks`. */
export interface MaskEntry {
  readonly path: readonly (string | number)[]
  readonly type: string
  readonly id: string | null
  readonly field: string
  /** NULL, REDACT, HASH, LAST4, YEAR_ONLY or BUCKET. */
  readonly mask: string
  readonly reasonCode: string
  readonly policyId: string
  readonly policyVersion: number
  readonly legalBasis: string | null
  /** What would lift the mask, as a sentence. */
  readonly remedy: string
  /** The page about the reason, relative to the server that answered. */
  readonly docUrl: string
}

/** A value that this viewer is not shown as it is, with the reason. */
export class Mask<T> {
  readonly kind = 'MASKED'
  /** What is shown instead, such as `***0000`; null where nothing is. */
  readonly image: T | null
  readonly reason: MaskEntry

  constructor(image: T | null, reason: MaskEntry) {
    this.image = image
    this.reason = reason
  }
}

/** A personal value: as it is, or a mask. TypeScript lets nobody use it before asking which. */
export type Masked<T> = T | Mask<T>

/** Whether the value was withheld or changed. */
export function isMask<T>(value: Masked<T> | null | undefined): value is Mask<T> {
  return value instanceof Mask
}
