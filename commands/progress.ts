// Progress on stderr: a bar for a person at a terminal, a line now and then for a log.
import { Presets, SingleBar } from 'cli-progress'

const BATCHES_A_LINE = 10

export interface Progress {
  advance(bytesRead: number, rows: number): void
  stop(): void
}

export function startProgress(totalBytes: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? bar(totalBytes, stream) : lines(totalBytes, stream)
}

function bar(totalBytes: number, stream: NodeJS.WriteStream): Progress {
  const single = new SingleBar(
    { stream, format: '{bar} {percentage}% | {rows} rows | {eta_formatted} left' },
    Presets.rect,
  )
  single.start(totalBytes, 0, { rows: 0 })
  return {
    advance: (bytesRead, rows) => single.update(bytesRead, { rows }),
    stop: () => single.stop(),
  }
}

function lines(totalBytes: number, stream: NodeJS.WriteStream): Progress {
  let batches = 0
  return {
    advance: (bytesRead, rows) => {
      batches += 1
      if (batches % BATCHES_A_LINE === 0) {
        stream.write(`${rows} rows handed over, ${Math.floor((100 * bytesRead) / totalBytes)}% of the file read\n`)
      }
    },
    stop: () => {},
  }
}
