import type { EpochMs } from '../domain/time.ts'

/** Time, passed in so that tests move it. */
export interface Clock {
  /** Wall clock, in epoch milliseconds. May step backwards. */
  now(): EpochMs
  /** Milliseconds from an arbitrary start; never steps backwards. */
  monotonic(): number
  /** Resolves after `ms`, or as soon as the signal aborts (it does not reject). */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** A number in [0, 1). */
export type Random = () => number

/** Turns of the event loop, each given to one waiter, so that long work in parts holds up nothing else. */
export interface Turns {
  /** For work that makes something new to keep until it is finished. */
  toBegin(): Promise<void>
  /** For work that comes to an end with it: goes first, so that little is kept at once. */
  toFinish(): Promise<void>
}

/** Structured log: a static message and fields, as pino takes them. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** The text of a file, or why it cannot be read (`no such file`). */
export type FileText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string }

export type ReadFile = (path: string) => FileText
