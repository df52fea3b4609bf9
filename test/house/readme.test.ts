// The README promises; this holds it to what the code says.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errorCatalogue } from '../../core/errors.ts'

const readme = readFileSync('README.md', 'utf8')

describe('the README', () => {
  it('lists the error catalogue as it is', () => {
    const rows = Object.entries(errorCatalogue).map(([code, { sentence }]) => `| \`${code}\` | ${sentence} |`)
    const table = readme.slice(readme.indexOf('| code | sentence |')).split('\n').slice(2)
    expect(table.slice(0, rows.length)).toEqual(rows)
    expect(table[rows.length]).toBe('')
  })

  it('names every variable of the configuration', () => {
    const config = readFileSync('core/config.ts', 'utf8')
    const variables = [...config.matchAll(/^ {4}([A-Z_]+):/gm)].map(match => match[1])
    expect(variables.length).toBeGreaterThan(10)
    expect(variables.filter(name => !readme.includes(`\`${name}\``))).toEqual([])
  })

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\(((?!http)[^)]+)\)/g)].map(match => String(match[1]))
    expect(links.filter(link => !existsSync(link))).toEqual([])
  })

  it('uses scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
    const used = [...readme.matchAll(/npm run ([a-z:0-9]+)/g)].map(match => String(match[1]))
    expect(used.filter(name => !(name in scripts))).toEqual([])
  })
})
