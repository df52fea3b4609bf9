// Puts commits of the embedded engine on disk before they are acknowledged. The engine itself acknowledges first and calls
// fdatasync about every 100 ms on a timer: a power cut would take back consent withdrawals that we had confirmed.
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Resolves when everything written before the call is on disk; rejects when that is unknown. */
export type SyncLog = () => Promise<void>

/** One sync for all who wait: whoever comes while a sync runs is served by the next one, since that one started too early. */
export class CommitBarrier {
  readonly #sync: SyncLog
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(sync: SyncLog) {
    this.#sync = sync
  }

  /** Resolves when all that was committed before the call is on disk. */
  passed(): Promise<void> {
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#running = this.#sync()
        this.#next = undefined
        return this.#running
      })
    return this.#next
  }
}

/** The sync of the engine's write-ahead log in this directory. */
export function walSync(directory: string): { sync: SyncLog; close(): Promise<void> } {
  let open_: { segment: string; handle: FileHandle } | undefined

  return {
    async sync() {
      open_ = await newestSegment(directory, open_)
      await open_.handle.datasync()
    },
    async close() {
      await open_?.handle.close()
    },
  }
}

// A checkpoint starts a new segment. The engine syncs the old one before, so the newest is all there is to sync.
async function newestSegment(
  directory: string,
  current: { segment: string; handle: FileHandle } | undefined,
): Promise<{ segment: string; handle: FileHandle }> {
  for (;;) {
    const segments = (await readdir(directory)).filter(name => name.startsWith('wal_') && name.endsWith('.log'))
    // The names carry a sequence number of fixed width, so the greatest text is the newest.
    const segment = segments.sort().at(-1)
    if (segment === undefined) throw new Error('The write-ahead log has no segment.')
    if (segment === current?.segment) return current
    try {
      const handle = await open(join(directory, segment), 'r')
      await current?.handle.close()
      return { segment, handle }
    } catch (error) {
      // Replaced between listing and opening: list again.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}
