import { simErrors } from './sim-error.ts'

export type JsonRecord = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object with other values under the same names. */
export function mapValues<T, U>(
  object: Readonly<Record<string, T>>,
  edit: (value: T, name: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, edit(value, name)]))
}

/** The request's body as an object; refuses anything else. */
export function bodyOf(value: unknown): JsonRecord {
  if (!isRecord(value)) throw simErrors.malformedBody()
  return value
}

/** A text field; undefined when absent or null, refused when it is something else. */
export function textField(body: JsonRecord, name: string): string | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw simErrors.invalid(`${name} must be a string`)
  return value
}

export function requiredText(body: JsonRecord, name: string): string {
  const value = textField(body, name)
  if (value === undefined || value === '') throw simErrors.invalid(`${name} is required`)
  return value
}

export function booleanField(body: JsonRecord, name: string): boolean | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw simErrors.invalid(`${name} must be a boolean`)
  return value
}

/** `2026-11-24T03:27:00Z`: the API's times have whole seconds. */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : isoSeconds(ms)
}
