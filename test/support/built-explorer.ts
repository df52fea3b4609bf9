// The explorer as it was built; `npm test` builds it anew where its sources have changed.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BUILT } from '../../gateway/explorer/serve.ts'

/** The text files of the built explorer, by their path in it. */
export function builtFiles(): ReadonlyMap<string, string> {
  const names = readdirSync(BUILT, { recursive: true, encoding: 'utf8' })
  return new Map(
    names
      .filter(name => /\.(html|js|css|svg)$/.test(name))
      .map(name => [name, readFileSync(join(BUILT, name), 'utf8')]),
  )
}
