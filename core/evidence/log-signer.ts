// The key that signs the log, and beside it the last checkpoint that it signed. Both stand outside the graph, so that a
// graph which was rolled back, or exchanged for another, does not fit them any more.
import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../config.ts'
import { type Checkpoint, signCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { parseVerifierKey, type SigningKey, signingKey, verifierKeyText } from './signed-note.ts'

const KEY_FILE = 'log-key.pem'
const VERIFIER_KEY_FILE = 'log-key.pub'
const CHECKPOINT_FILE = 'checkpoint'
const OTHERS_MAY_READ_OR_WRITE = 0o077

export interface LogSigner {
  /** What a verifier is given: the only thing it has to trust. */
  readonly verifierKey: string
  /** The last checkpoint that was signed here, or undefined before the first. */
  lastSigned(): Checkpoint | undefined
  /**
   * Signs, and answers the note when it is on disk. The same tree gets the same note. Throws for a smaller tree than the
   * last, and for another root at its size: a log that signs both has told two people two stories.
   */
  sign(size: number, root: Buffer): Promise<string>
  /** Signs whatever tree this is, and goes on from it. For a loss that somebody accepted, and nothing else. */
  startOverFrom(size: number, root: Buffer): Promise<string>
}

/**
 * Opens the key of DATA_DIR, or makes one at the first start; only its owner may read it. Throws ConfigError when others
 * may, and when the checkpoint beside it is not by this key.
 */
export async function openLogSigner(dataDir: string, origin: string): Promise<LogSigner> {
  await mkdir(dataDir, { recursive: true })
  const checkpointFile = join(dataDir, CHECKPOINT_FILE)
  let note = await readIfThere(checkpointFile)
  const key = await openKey(join(dataDir, KEY_FILE), origin, note === undefined)
  let signed = note === undefined ? undefined : checkpointIn(note, key, checkpointFile)
  const verifierKey = verifierKeyText(key)
  await writeWhole(join(dataDir, VERIFIER_KEY_FILE), `${verifierKey}\n`, 0o644)

  async function startOverFrom(size: number, root: Buffer): Promise<string> {
    const checkpoint = { origin, size, root }
    const fresh = signCheckpoint(checkpoint, [key])
    await writeWhole(checkpointFile, fresh, 0o600)
    note = fresh
    signed = checkpoint
    return fresh
  }

  return {
    verifierKey,
    lastSigned: () => signed,
    startOverFrom,
    sign: async (size, root) => {
      if (note === undefined || signed === undefined || size > signed.size) return startOverFrom(size, root)
      if (size < signed.size) throw new Error(`signed ${signed.size} entries before, and now there are ${size}`)
      if (!root.equals(signed.root)) throw new Error(`signed another root of ${size} entries before`)
      return note
    },
  }
}

/** The verifier key that the server of this DATA_DIR wrote beside its own. Throws ConfigError where there is none. */
export async function readVerifierKey(dataDir: string): Promise<string> {
  const file = join(dataDir, VERIFIER_KEY_FILE)
  const text = await readIfThere(file)
  if (text === undefined) throw new ConfigError(`There is no ${file}: the server makes it at its first start.`)
  return text.trimEnd()
}

function checkpointIn(note: string, key: SigningKey, file: string): Checkpoint {
  const verified = verifyCheckpoint(note, [parseVerifierKey(verifierKeyText(key))])
  if (verified.kind === 'accepted') return verified.checkpoint
  const { at, expected, got } = verified
  throw new ConfigError(
    `${file} is not a checkpoint that the key beside it signed. At: ${at}. Expected: ${expected}. Got: ${got}. Restore both from one backup.`,
  )
}

async function openKey(file: string, origin: string, mayMake: boolean): Promise<SigningKey> {
  const existing = await readKey(file)
  if (existing !== undefined) return signingKey(origin, createPrivateKey(existing))
  // A fresh key could never vouch for what the lost one signed.
  if (!mayMake) throw new ConfigError(`${file} is gone, but a checkpoint stands beside it. Restore the key.`)
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeWhole(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600, 'keep the first')
  return openKey(file, origin, mayMake)
}

async function readKey(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(ignoring('ENOENT'))
  if (file === undefined) return undefined
  try {
    // Windows keeps no such bits; there the folder's own rights protect the key.
    if (process.platform !== 'win32' && ((await file.stat()).mode & OTHERS_MAY_READ_OR_WRITE) !== 0) {
      throw new ConfigError(`${path} is a private key and others may read it. Expected mode 0600: chmod 600 ${path}`)
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(ignoring('ENOENT'))
}

// A reader finds no file, the old one or the new one, never a part: written beside it, synced, then put in its place.
async function writeWhole(file: string, content: string, mode: number, existing?: 'keep the first'): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`
  try {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (existing === undefined) await rename(temporary, file)
    else await link(temporary, file).catch(ignoring('EEXIST'))
  } finally {
    await unlink(temporary).catch(ignoring('ENOENT'))
  }
}

function ignoring(code: string): (error: unknown) => undefined {
  return error => {
    if (error instanceof Error && 'code' in error && error.code === code) return undefined
    throw error
  }
}
