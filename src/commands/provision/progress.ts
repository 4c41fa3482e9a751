import { Writable } from 'node:stream'
import { createColors } from 'picocolors'
import type { CommandIo } from '../../cli/command-io.ts'
import {
  jsonProgress,
  type ProgressDisplay,
  plainProgress,
  terminalProgress,
} from '../../provision/report/progress.ts'
import type { LogSettings } from '../../settings/log-settings.ts'
import { columnsOf } from '../terminal-width.ts'

export interface ShownProgress extends ProgressDisplay {
  /** Where log lines have to go, so that they do not tear the drawing. */
  readonly logStream: Writable
  /** How the log has to be so that it does not say again what is drawn. */
  logSettings<T extends LogSettings>(settings: T): T
}

/** JSON events on stdout; otherwise a drawing where stderr is a terminal, and plain lines where it is not. */
export function openProgress(
  output: 'text' | 'json',
  io: Pick<CommandIo, 'stdout' | 'stderr' | 'stderrStream' | 'terminal' | 'env'>,
): ShownProgress {
  const plain = { logStream: io.stderrStream, logSettings: <T extends LogSettings>(settings: T) => settings }
  if (output === 'json') return { ...jsonProgress(io.stdout), ...plain }
  if (!io.terminal.stderr) return { ...plainProgress(io.stderr), ...plain }
  const { stderrStream } = io
  const colors = createColors((io.env.NO_COLOR ?? '') === '')
  const progress = terminalProgress(
    (text) => stderrStream.write(text),
    () => columnsOf(stderrStream),
    colors,
  )
  return {
    show: progress.show,
    // Each write is an event of the log, for pipelines, and a line of the drawing. Who names a format wants the log.
    logSettings: (settings) =>
      settings.logLevel === 'info' && settings.logFormat === null
        ? { ...settings, logLevel: 'warn' }
        : settings,
    logStream: new Writable({
      write(chunk, _, done) {
        progress.above(String(chunk))
        done()
      },
    }),
  }
}
