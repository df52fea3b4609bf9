// Files that a power cut must not take back, nor leave half of.
import { randomUUID } from 'node:crypto'
import { link, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError } from './config.ts'

const OTHERS_MAY_READ_OR_WRITE = 0o077

/**
 * Puts a whole file in its place: a reader finds no file, the old one or the new one, never a part. When it resolves, that
 * is on disk. With 'keep the first' a file that is there already stays.
 */
export async function writeWhole(
  file: string,
  content: string,
  mode: number,
  existing: 'replace' | 'keep the first' = 'replace',
): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`
  try {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (existing === 'replace') await rename(temporary, file)
    else await link(temporary, file).catch(ignoring('EEXIST'))
  } finally {
    await unlink(temporary).catch(ignoring('ENOENT'))
  }
  // The name itself stands in the directory, which has a cache of its own.
  await syncPath(dirname(file))
}

/** Renames a file; when it resolves, that is on disk. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncPath(dirname(to))
}

/** Resolves when what was written to this file or directory is on disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The text of a private file, or undefined where there is none. Throws ConfigError when others may read it. */
export async function readSecret(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(ignoring('ENOENT'))
  if (file === undefined) return undefined
  try {
    // Windows keeps no such bits; there the folder's own rights protect the key.
    if (process.platform !== 'win32' && ((await file.stat()).mode & OTHERS_MAY_READ_OR_WRITE) !== 0) {
      throw new ConfigError(`${path} holds a private key and others may read it. Expected mode 0600: chmod 600 ${path}`)
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

export function ignoring(code: string): (error: unknown) => undefined {
  return error => {
    if (error instanceof Error && 'code' in error && error.code === code) return undefined
    throw error
  }
}
