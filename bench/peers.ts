// Projects that benches measure beside ours. They are no part of the product's tree: bench/package.json names them.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { say } from './harness.ts'

const FOLDER = import.meta.dirname

/** Installs the peers unless they are there. Throws where no registry is reached. */
export function installPeers(): void {
  if (existsSync(join(FOLDER, 'node_modules', '.package-lock.json'))) return
  say('installing the peers of bench/package.json …')
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: FOLDER,
  })
  if (status !== 0) throw new Error(`the peers could not be installed: ${stderr}`)
}

/** A peer by its name. What of it is used is for the bench to say. */
export async function loadPeer<T>(name: string): Promise<T> {
  return (await import(name)) as T
}
