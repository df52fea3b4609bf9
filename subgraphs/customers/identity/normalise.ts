// Pure: what a value is compared as. What is stored and shown stays as its source wrote it.

// Zero-width and bidirectional characters show as nothing, so that two names that look alike may differ in them.
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/gu
const BETWEEN_WORDS = /[\s\p{P}]+/gu

/** A name in compatibility form and lower case, without what cannot be seen, its words apart by one space. */
export function comparedName(name: string): string {
  return name.normalize('NFKC').replace(UNSEEN, '').replace(BETWEEN_WORDS, ' ').trim().toLowerCase()
}

/** As mail servers tell mailboxes apart, who write letters of either case alike. */
export function comparedMail(mail: string): string {
  return mail.normalize('NFKC').replace(UNSEEN, '').toLowerCase()
}

/** The name with its words in one order, so that it is equal whichever of them comes first. */
export function unorderedName(name: string): string {
  return comparedName(name).split(' ').sort().join(' ')
}
