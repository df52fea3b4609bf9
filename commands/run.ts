// Runs one command line: its mistakes end in one sentence on stderr and an exit code, never in a stack trace.
import { type Command, CommanderError, InvalidArgumentError } from 'commander'
import { ConfigError } from '../core/config.ts'
import { ApiError } from '../core/errors.ts'
import { CommandError } from './command-error.ts'

/** Parses the arguments, runs the action, and sets the exit code: 0, or `failureExitCode` when something was wrong. */
export async function run(program: Command, failureExitCode: number): Promise<void> {
  // A reader that closes early, such as head, is not a failure to report.
  process.stdout.on('error', () => {})
  for (const command of withSubcommands(program)) {
    command.exitOverride().showHelpAfterError('--help shows what it takes.')
  }
  try {
    await program.parseAsync()
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : failureExitCode
      return
    }
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exitCode = failureExitCode
  }
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}

/** For commander: a whole number within these bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`)
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof CommandError || error instanceof ConfigError || error instanceof ApiError) return error.message
  if (error instanceof Error) return `The command failed unexpectedly: ${error.message}`
  return 'The command failed unexpectedly.'
}
