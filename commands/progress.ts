// Progress on stderr: a bar for a person at a terminal, a line now and then for a log.
import { Presets, SingleBar } from 'cli-progress'

const BATCHES_A_LINE = 10

export interface Progress {
  /** How much of the total is done, and how many of what is counted. */
  advance(done: number, count: number): void
  stop(): void
}

/** `counted` is the plural of what is counted, such as rows. */
export function startProgress(total: number, counted: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? bar(total, counted, stream) : lines(total, counted, stream)
}

function bar(total: number, counted: string, stream: NodeJS.WriteStream): Progress {
  const single = new SingleBar(
    { stream, format: `{bar} {percentage}% | {count} ${counted} | {eta_formatted} left` },
    Presets.rect,
  )
  single.start(total, 0, { count: 0 })
  return {
    advance: (done, count) => single.update(done, { count }),
    stop: () => single.stop(),
  }
}

function lines(total: number, counted: string, stream: NodeJS.WriteStream): Progress {
  let batches = 0
  return {
    advance: (done, count) => {
      batches += 1
      if (batches % BATCHES_A_LINE === 0) {
        stream.write(`${count} ${counted}, ${Math.floor((100 * done) / total)}%\n`)
      }
    },
    stop: () => {},
  }
}
