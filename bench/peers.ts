// What benches measure the project against: packages of bench/package.json, installed on first use and loaded from there.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { say } from './harness.ts'

const INSTALL = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error']

/** Loads a package of a peer. Typed by the caller: peers are not there when the project is checked. */
export function requirePeer<T>(name: string): T {
  if (!existsSync(join(import.meta.dirname, 'node_modules', name))) {
    say('Installing what the benches measure against.')
    execFileSync('npm', INSTALL, { cwd: import.meta.dirname, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return createRequire(join(import.meta.dirname, 'package.json'))(name) as T
}
