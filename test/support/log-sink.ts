import type { Log } from '../../src/ports/runtime.ts'

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: object
  readonly message: string
}

/** A log that keeps its lines; `taken` gives those since it was last called, with their fields beside. */
export function logSink(): Log & {
  readonly lines: readonly LogLine[]
  taken(): readonly object[]
  /** Forgets its lines. */
  clear(): void
} {
  const lines: LogLine[] = []
  const at = (level: LogLine['level']) => (fields: object, message: string) => {
    lines.push({ level, fields, message })
  }
  let seen = 0
  const taken = () => {
    const since = lines.slice(seen)
    seen = lines.length
    return since.map(({ level, message, fields }) => ({ level, message, ...fields }))
  }
  const clear = () => {
    lines.length = 0
    seen = 0
  }
  return { lines, taken, clear, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
