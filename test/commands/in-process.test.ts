import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../core/config.ts'
import { openGraph } from '../../core/graph/open.ts'
import { temporaryFolder } from './folder.ts'
import { runCommand } from './run-command.ts'

const folder = temporaryFolder()
const file = join(folder, 'accounts.csv')
const NOBODY_LISTENS = 'http://127.0.0.1:9'
writeFileSync(file, 'account,sector\nAcme,technolgy\nIsdom,medical\nCancity,astrology\nBetatech\n')

const ingestInto = (DATA_DIR: string) =>
  runCommand('sovereign', ['ingest', file, '--source', 'crm-account', '--mapping', 'crm-accounts'], {
    DATA_DIR,
    SOVEREIGN_URL: NOBODY_LISTENS,
  })

test('With no server on this machine the file goes into the store, once however often it is sent', async () => {
  const dataDir = join(folder, 'store')
  const first = await ingestInto(dataDir)
  expect(first).toEqual({
    exitCode: 0,
    stdout: '{"sent":4,"accepted":2,"duplicates":0,"deadLetters":2}\n',
    stderr: '',
  })
  const second = JSON.parse((await ingestInto(dataDir)).stdout)
  expect(second).toMatchObject({ sent: 4, accepted: 0 })
})

test('With the store in the hands of another process nothing is sent, and the command says so', async () => {
  const dataDir = join(folder, 'held')
  const graph = await openGraph(readConfig({ DATA_DIR: dataDir }))
  try {
    const { exitCode, stdout, stderr } = await ingestInto(dataDir)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('another process holds the store')
  } finally {
    await graph.close()
  }
})
