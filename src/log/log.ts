import { createColors } from 'picocolors'
import { type DestinationStream, pino } from 'pino'
import type { Secret } from '../domain/secret.ts'
import type { Clock, Log } from '../ports/runtime.ts'
import { safeFields, safeText } from './log-fields.ts'

/*
 * The program's log: one line an event, a static message and fields. Which severity, in which form, and to
 * which stream is passed in; lines are written at once, so none is lost at the end.
 */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFormat = 'json' | 'logfmt' | 'pretty'

export interface LogOptions {
  readonly level: LogLevel
  /** Null: pretty on a terminal, json elsewhere. */
  readonly format: LogFormat | null
  readonly destination: DestinationStream
  /** Whether the destination is a terminal, which also turns on colours. */
  readonly terminal: boolean
  readonly clock: Pick<Clock, 'now'>
  /** Secrets in use: should one stand in a line after all, it is masked there. */
  readonly secrets?: () => readonly Secret[]
}

export interface ProgramLog extends Log {
  /** Takes effect at once: for reload. */
  setLevel(level: LogLevel): void
}

export async function createLog(options: LogOptions): Promise<ProgramLog> {
  const { destination, clock } = options
  const render = await renderer(options.format ?? (options.terminal ? 'pretty' : 'json'), options.terminal)
  const secrets = options.secrets ?? (() => [])
  const logger = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'msg',
      timestamp: () => `,"ts":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: safeFields },
      // Errors are made safe with all other fields.
      serializers: { err: (error: unknown) => error },
    },
    { write: (line) => destination.write(render(maskSecrets(line, secrets()))) },
  )
  const at = (level: LogLevel) => (fields: object, message: string) => {
    if (logger.isLevelEnabled(level)) logger[level](fields, safeText(message))
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    setLevel: (level) => {
      logger.level = level
    },
  }
}

type Render = (line: string) => string

async function renderer(format: LogFormat, colours: boolean): Promise<Render> {
  switch (format) {
    case 'json':
      return (line) => line
    case 'logfmt':
      return (line) => `${toLogfmt(line)}\n`
    case 'pretty': {
      // Its default export: the bundle knows no other of a CommonJS package, and from source it is there as well.
      const { default: pretty } = await import('pino-pretty')
      const begin = pretty.prettyFactory({
        colorize: colours,
        messageKey: 'msg',
        timestampKey: 'ts',
        // A terminal has neither room for the date nor need of it.
        translateTime: colours ? "UTC:HH:MM:ss'Z'" : false,
        levelKey: 'level',
      })
      const { dim } = createColors(colours)
      return (line) => {
        const { ts, level, msg, ...fields } = parsedLine(line)
        const text = pairsOf(fields)
        // The fields are ours to print: pino-pretty gives a meaning of its own to some names, e.g. `name` and `error`.
        return `${begin({ ts, level, msg }).trimEnd()}${text === '' ? '' : ` ${dim(text)}`}\n`
      }
    }
  }
}

/** Short secrets would mask ordinary words. */
const minSecretLength = 6

function maskSecrets(line: string, secrets: readonly Secret[]): string {
  return secrets.reduce((rest, secret) => {
    const text = JSON.stringify(secret.reveal()).slice(1, -1)
    return text.length < minSecretLength ? rest : rest.replaceAll(text, '***')
  }, line)
}

/** One JSON line as `key=value` pairs; what is nested gets a dotted key. */
function toLogfmt(line: string): string {
  const { ts, level, msg, ...fields } = parsedLine(line)
  return [pairsOf({ ts, level, msg }), pairsOf(fields)].filter((part) => part !== '').join(' ')
}

function parsedLine(line: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(line)
  return Object.fromEntries(Object.entries(Object(parsed)))
}

function pairsOf(fields: Readonly<Record<string, unknown>>): string {
  return flatten('', fields)
    .map(([key, value]) => `${key}=${logfmtValue(value)}`)
    .join(' ')
}

function flatten(prefix: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[prefix, value]]
  return Object.entries(value).flatMap(([key, item]) => {
    const name = key.replace(/[\s="]/g, '_')
    return flatten(prefix === '' ? name : `${prefix}.${name}`, item)
  })
}

function logfmtValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null)
  return /^[^\s"=\\\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text)
}
