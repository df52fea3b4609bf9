// Runs a command as its users do: a process of its own, with no more environment than the test gives.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface Finished {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export function runCommand(
  command: 'sovereign' | 'token' | 'op',
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  return new Promise(resolve => {
    const argv = ['--import', 'tsx', `commands/${command}.ts`, ...args]
    const options = { cwd: ROOT, env: { PATH: process.env.PATH, ...env } }
    const child = execFile(process.execPath, argv, options, (_error, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}
