import type { Writable } from 'node:stream'
import type { ReadFile } from '../ports/runtime.ts'

/** The process as a command sees it. Only main.ts makes one for real; tests make their own. */
export interface CommandIo {
  /** Results: one line, its end is added. */
  readonly stdout: (line: string) => void
  /** Progress and complaints: one line, its end is added. */
  readonly stderr: (line: string) => void
  /** The stream behind `stdout`, for what draws on it. */
  readonly stdoutStream: Writable
  /** The stream behind `stderr`: where logs go. */
  readonly stderrStream: Writable
  /** Which of the three are terminals. */
  readonly terminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean }
  /** Asks on the terminal and returns the answer, trimmed; null without a terminal and when nobody answers. */
  readonly ask: (question: string) => Promise<string | null>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile: ReadFile
  /** Aborts on the first SIGINT or SIGTERM. A second one ends the process at once. */
  readonly signal: AbortSignal
  /** Calls back on SIGHUP; what it returns stops that. */
  readonly onReload: (listener: () => void) => () => void
}
