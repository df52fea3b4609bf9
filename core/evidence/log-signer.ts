// The key that signs the log, and beside it the last checkpoint that it signed. Both stand outside the graph, so that a
// graph which was rolled back, or exchanged for another, does not fit them any more.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../config.ts'
import { ignoring, readSecret, renameDurably, writeWhole } from '../durable-files.ts'
import { ApiError } from '../errors.ts'
import { type Checkpoint, signCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { parseVerifierKey, type SigningKey, signingKey, verifierKeyText } from './signed-note.ts'

const KEY_FILE = 'log-key.pem'
/** The verifier keys of the log, one a line: the one in force first, then those before it, newest first. */
const VERIFIER_KEYS_FILE = 'log-key.pub'
const CHECKPOINT_FILE = 'checkpoint'

export interface SignedCheckpoint extends Checkpoint {
  readonly note: string
}

/** The keys of a log as far as they concern who does not sign. */
export interface LogKeys {
  /** What a verifier is given: the only thing it has to trust. */
  readonly verifierKey: string
  /** The verifier keys of this log before that one, newest first. */
  readonly retiredKeys: readonly string[]
  /**
   * The verifier key of the key that comes next, made now or before; it signs nothing yet. Throws EVIDENCE_UNAVAILABLE
   * when it cannot be written down.
   */
  nextKey(): Promise<string>
}

export interface LogSigner extends LogKeys {
  /** The last checkpoint that was signed here, or undefined before the first. */
  lastSigned(): SignedCheckpoint | undefined
  /**
   * Signs, and answers the note when it is on disk. The same tree gets the same note. Throws for a smaller tree than the
   * last, and for another root at its size: a log that signs both has told two people two stories.
   */
  sign(size: number, root: Buffer): Promise<string>
  /** Signs whatever tree this is, and goes on from it. For a loss that somebody accepted, and nothing else. */
  startOverFrom(size: number, root: Buffer): Promise<string>
  /**
   * Signs this tree with the key in force and the next one, and puts the next one in force. Throws as `sign` does, and
   * where no key of that name comes next.
   */
  rotateTo(verifierKey: string, size: number, root: Buffer): Promise<string>
}

/**
 * Opens the key in the configured file, which has to be there, or that of DATA_DIR, where the first start makes it; only
 * its owner may read it. Throws ConfigError when others may, when it is no Ed25519 key, and when the checkpoint in DATA_DIR
 * is not by this key.
 */
export async function openLogSigner(dataDir: string, origin: string, configuredFile?: string): Promise<LogSigner> {
  await mkdir(dataDir, { recursive: true })
  const checkpointFile = join(dataDir, CHECKPOINT_FILE)
  const verifierKeysFile = join(dataDir, VERIFIER_KEYS_FILE)
  const keyFile = configuredFile ?? join(dataDir, KEY_FILE)
  const nextKeyFile = `${keyFile}.next`
  const note = await readIfThere(checkpointFile)
  let key = await openKey(keyFile, origin, configuredFile === undefined && note === undefined)
  let signed: SignedCheckpoint | undefined =
    note === undefined ? undefined : { ...checkpointIn(note, key, checkpointFile), note }
  let retired = (await verifierKeysIn(verifierKeysFile)).filter(each => each !== verifierKeyText(key))
  await writeVerifierKeys()

  async function writeVerifierKeys(): Promise<void> {
    await writeWhole(verifierKeysFile, `${[verifierKeyText(key), ...retired].join('\n')}\n`, 0o644)
  }

  async function write(size: number, root: Buffer, keys: readonly SigningKey[]): Promise<string> {
    const checkpoint = { origin, size, root }
    const fresh = signCheckpoint(checkpoint, keys)
    await writeWhole(checkpointFile, fresh, 0o600)
    signed = { ...checkpoint, note: fresh }
    return fresh
  }

  function requireGrown(size: number, root: Buffer): void {
    if (signed === undefined || size > signed.size) return
    if (size < signed.size) throw new Error(`signed ${signed.size} entries before, and now there are ${size}`)
    if (!root.equals(signed.root)) throw new Error(`signed another root of ${size} entries before`)
  }

  return {
    get verifierKey() {
      return verifierKeyText(key)
    },
    get retiredKeys() {
      return retired
    },
    lastSigned: () => signed,
    startOverFrom: (size, root) => write(size, root, [key]),
    sign: async (size, root) => {
      requireGrown(size, root)
      return size === signed?.size ? signed.note : write(size, root, [key])
    },
    nextKey: async () => verifierKeyText(await openKey(nextKeyFile, origin, true)),
    rotateTo: async (verifierKey, size, root) => {
      requireGrown(size, root)
      const next = await openKey(nextKeyFile, origin, false)
      if (verifierKeyText(next) !== verifierKey) throw new Error('another key comes next')
      // In this order a crash leaves a checkpoint that the key in the key file signed, whichever of the two that is, and
      // the verifier key of the other one among those of the log.
      const rotated = await write(size, root, [key, next])
      const before = verifierKeyText(key)
      await renameDurably(nextKeyFile, keyFile)
      retired = [before, ...retired]
      key = next
      await writeVerifierKeys()
      return rotated
    },
  }
}

/** The verifier keys that the server of this DATA_DIR wrote beside its own, the one in force first. Throws ConfigError where there is none. */
export async function readVerifierKeys(dataDir: string): Promise<readonly string[]> {
  const file = join(dataDir, VERIFIER_KEYS_FILE)
  const keys = await verifierKeysIn(file)
  if (keys.length === 0) throw new ConfigError(`There is no ${file}: the server makes it at its first start.`)
  return keys
}

async function verifierKeysIn(file: string): Promise<readonly string[]> {
  return ((await readIfThere(file)) ?? '').split('\n').filter(line => line !== '')
}

function checkpointIn(note: string, key: SigningKey, file: string): Checkpoint {
  const verified = verifyCheckpoint(note, [parseVerifierKey(verifierKeyText(key))])
  if (verified.kind === 'accepted') return verified.checkpoint
  const { at, expected, got } = verified
  throw new ConfigError(
    `${file} is not a checkpoint that the key of this log signed. At: ${at}. Expected: ${expected}. Got: ${got}. Restore both from one backup.`,
  )
}

async function openKey(file: string, origin: string, mayMake: boolean): Promise<SigningKey> {
  const existing = await readSecret(file)
  if (existing !== undefined) return parseKey(existing, file, origin)
  // A fresh key could never vouch for what the lost one signed, and whoever configures a key means that one.
  if (!mayMake) throw new ConfigError(`There is no ${file}. Restore the key that signed this log, or name its file.`)
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  await writeWhole(file, pem, 0o600, 'keep the first').catch(cause => {
    throw new ApiError(
      'EVIDENCE_UNAVAILABLE',
      { expected: 'a folder of the key of the log that can be written' },
      cause,
    )
  })
  return openKey(file, origin, mayMake)
}

// The reason of the parser is left out: it may quote the key.
function parseKey(pem: string, file: string, origin: string): SigningKey {
  try {
    return signingKey(origin, createPrivateKey(pem))
  } catch {
    throw new ConfigError(`${file} is no private Ed25519 key in PEM. Make one with: openssl genpkey -algorithm ed25519`)
  }
}

function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(ignoring('ENOENT'))
}
