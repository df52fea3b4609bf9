// Texts that stand in the graph but are for nobody who holds the graph alone: sealed under keys of the key file, each by its name.
import { createHmac } from 'node:crypto'
import { sealerWith } from './evidence/master-key.ts'
import type { SubjectKeys } from './evidence/subject-keys.ts'

export interface SealedTexts {
  /** Seals under the key of this name, which is on disk when it resolves. Throws EVIDENCE_UNAVAILABLE. */
  seal(keyName: string, texts: readonly string[]): Promise<readonly string[]>
  /** The text again; undefined where the key is gone, or the sealed text was changed or is another key's. */
  open(keyName: string, sealed: string): Promise<string | undefined>
  /** A hash by which equal texts are found and no text is guessed. Throws EVIDENCE_UNAVAILABLE. */
  hash(keyName: string, texts: readonly string[]): Promise<readonly string[]>
}

export function sealedTextsWith(keys: SubjectKeys): SealedTexts {
  const keyOf = async (name: string) => (await keys.keysOf([name])).get(name) ?? Buffer.alloc(0)
  return {
    seal: async (keyName, texts) => {
      if (texts.length === 0) return []
      const sealer = sealerWith(await keyOf(keyName))
      const sealed = texts.map(async text => (await sealer.seal(keyName, Buffer.from(text))).toString('base64url'))
      return Promise.all(sealed)
    },
    open: async (keyName, sealed) => {
      const key = (await keys.knownKeysOf([keyName])).get(keyName)
      if (key === undefined) return undefined
      const opened = await sealerWith(key)
        .unseal(keyName, Buffer.from(sealed, 'base64url'))
        .catch(() => undefined)
      return opened?.toString()
    },
    hash: async (keyName, texts) => {
      if (texts.length === 0) return []
      const key = await keyOf(keyName)
      return texts.map(text => createHmac('sha256', key).update(text).digest('base64url'))
    },
  }
}
