import { Writable } from 'node:stream'
import { createColors } from 'picocolors'
import type { CommandIo } from '../../cli/command-io.ts'
import {
  jsonProgress,
  type Progress,
  plainProgress,
  terminalProgress,
} from '../../provision/report/progress.ts'

export interface ShownProgress extends Progress {
  /** Where log lines have to go, so that they do not tear the drawing. */
  readonly logStream: Writable
}

/** JSON events on stdout; otherwise a drawing where stderr is a terminal, and plain lines where it is not. */
export function openProgress(output: 'text' | 'json', io: CommandIo): ShownProgress {
  if (output === 'json') return { ...jsonProgress(io.stdout), logStream: io.stderrStream }
  if (!io.terminal.stderr) return { ...plainProgress(io.stderr), logStream: io.stderrStream }
  const { stderrStream } = io
  const columns = () =>
    'columns' in stderrStream && typeof stderrStream.columns === 'number' ? stderrStream.columns : 80
  const colors = createColors((io.env.NO_COLOR ?? '') === '')
  const progress = terminalProgress((text) => stderrStream.write(text), columns, colors)
  return {
    show: progress.show,
    logStream: new Writable({
      write(chunk, _, done) {
        progress.above(String(chunk))
        done()
      },
    }),
  }
}
