// `npm run explorer`, and by `prepare` each `npm ci`: builds the explorer into explorer/dist unless it was built from the same
// sources before, and checks how much a page loads of ours at first.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(ROOT, 'explorer/dist')
const BUILT_FROM = join(DIST, 'built-from.txt')
const SOURCES = ['explorer', 'docs/frontend']
/** Scripts and styles that a page loads before the editor, gzipped. */
const MOST_BYTES = 60 * 1024
const COMPRESSIBLE = /\.(js|css|svg|ttf)$/

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function build(): Promise<void> {
  const sources = hashOf([...SOURCES.flatMap(folder => filesIn(join(ROOT, folder))), join(ROOT, 'package.json')])
  if (existsSync(BUILT_FROM) && readFileSync(BUILT_FROM, 'utf8') === sources) return say('explorer/dist is up to date.')
  const vite = await import('vite').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    return undefined
  })
  // An installation for production leaves out what builds; it is made from one that has built.
  if (vite === undefined) return say('explorer/dist was not built: the development dependencies are left out.')
  await vite.build({ configFile: join(ROOT, 'explorer/vite.config.ts'), logLevel: 'error' })
  checkWeights()
  for (const file of filesIn(join(DIST, 'assets'))) if (COMPRESSIBLE.test(file)) compress(file)
  writeFileSync(BUILT_FROM, sources)
}

/** Prints what each page loads at first. Throws where that is too much. */
function checkWeights(): void {
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'))
  for (const page of Object.keys(manifest).filter(name => manifest[name]?.isEntry)) {
    const sizes = [...firstLoad(manifest, page)].map(file => gzipSync(readFileSync(join(DIST, file))).length)
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    say(`explorer: ${page} loads ${(bytes / 1024).toFixed(1)} kB at first, gzipped; the limit is ${MOST_BYTES / 1024}.`)
    if (bytes > MOST_BYTES) throw new Error(`${page} loads more than ${MOST_BYTES} bytes at first`)
  }
}

function firstLoad(manifest: Record<string, Chunk>, name: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[name]
  if (chunk === undefined || found.has(chunk.file)) return found
  for (const file of [chunk.file, ...(chunk.css ?? [])]) found.add(file)
  for (const imported of chunk.imports ?? []) firstLoad(manifest, imported, found)
  return found
}

function compress(file: string): void {
  const content = readFileSync(file)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params }))
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(each => each.isFile())
    .map(each => join(each.parentPath, each.name))
    .filter(file => !file.startsWith(DIST) || folder.startsWith(DIST))
    .sort()
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file))
  return hash.digest('hex')
}

await build()
