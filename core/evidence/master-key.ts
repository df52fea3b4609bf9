// The key under which the keys of subjects are kept: whoever copies their file, or finds an old copy, reads none of them.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../config.ts'
import { readSecret, writeWhole } from '../durable-files.ts'

/** Seals keys under one that it does not give out. A key management service stands behind this port as well as a file. */
export interface KeySealer {
  /** The key as it may be written down, bound to the name of whose it is. */
  seal(name: string, key: Buffer): Promise<Buffer>
  /** The key again. Rejects what was sealed under another key or for another name, and what was changed since. */
  unseal(name: string, sealed: Buffer): Promise<Buffer>
}

const FILE = 'master-key'
const KEY_BYTES = 32
/** What AES-GCM is specified for. Drawn at random, it serves 2^32 seals under one key. */
const NONCE_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'

/**
 * Opens the master key: of the configured file, which has to be there, or of DATA_DIR, where the first start makes it.
 * Throws ConfigError when it is missing, when others may read it and when it is no key.
 */
export async function openMasterKey(dataDir: string, configuredFile?: string): Promise<KeySealer> {
  return sealerWith(await masterKey(dataDir, configuredFile))
}

/** AES-256-GCM; the sealed form is nonce, ciphertext and tag. */
export function sealerWith(masterKey: Buffer): KeySealer {
  return {
    seal: async (name, key) => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, masterKey, nonce).setAAD(Buffer.from(name))
      return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()])
    },
    unseal: async (name, sealed) => {
      const end = sealed.length - TAG_BYTES
      const options = { authTagLength: TAG_BYTES }
      const decipher = createDecipheriv(CIPHER, masterKey, sealed.subarray(0, NONCE_BYTES), options)
        .setAAD(Buffer.from(name))
        .setAuthTag(sealed.subarray(end))
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()])
    },
  }
}

async function masterKey(dataDir: string, configuredFile: string | undefined): Promise<Buffer> {
  const file = configuredFile ?? join(dataDir, FILE)
  const text = await readSecret(file)
  if (text !== undefined) return parseMasterKey(text, file)
  if (configuredFile !== undefined) throw new ConfigError(`There is no ${file}, which MASTER_KEY_FILE names.`)
  await mkdir(dataDir, { recursive: true })
  await writeWhole(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`, 0o600, 'keep the first')
  return masterKey(dataDir, configuredFile)
}

function parseMasterKey(text: string, file: string): Buffer {
  const encoded = text.trimEnd()
  const key = Buffer.from(encoded, 'base64')
  if (key.length === KEY_BYTES && key.toString('base64') === encoded) return key
  throw new ConfigError(`${file} is no master key. Expected ${KEY_BYTES} random bytes in base64.`)
}
