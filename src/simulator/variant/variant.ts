import type { Asked, RawAnswer } from '../api/api-pipeline.ts'
import { isRecord, type JsonRecord } from '../api/json-shape.ts'
import { type ApiError, failure } from '../api/sim-error.ts'

/*
 * One of the forms in which the real API is known to answer, where our own answer has another. A variant changes
 * an answer at the edge: the world and its truth stay as they are.
 */

/**
 * What a client that reads an answer as well as can be still loses:
 * - `nothing`: the same facts in another form
 * - `itself`: an object is added that cannot be read; all others are as they were
 * - `narrow`: the query is refused until it asks for less
 * - `scope`: one account or zone of the query cannot be read; its neighbours can
 * - `answer`: the answer tells nothing
 */
export type Cost = 'nothing' | 'itself' | 'narrow' | 'scope' | 'answer'

export interface Variant {
  /** `endpoint/form`. */
  readonly name: string
  /** Operations of the REST API whose answers it changes; a text: all of that API, or of both. */
  readonly of: 'rest' | 'graphql' | 'all' | readonly string[]
  /** What is different, for `simulate --variants`. */
  readonly does: string
  readonly cost: Cost
  /** The answer to give in place of carrying the request out; null: carry it out. */
  readonly instead?: (asked: Asked) => RawAnswer | null
  /** Another form of the answer. Never called for a refusal. */
  readonly change?: (answer: RawAnswer, asked: Asked) => RawAnswer
}

/** What `simulate --variants` says of a variant, and what it does. */
type Rows<Form> = Readonly<Record<string, readonly [does: string, form: Form]>>

/** Variants that give another form of an answer. */
export function changed(
  of: Variant['of'],
  cost: Cost,
  rows: Rows<NonNullable<Variant['change']>>,
): readonly Variant[] {
  return Object.entries(rows).map(([name, [does, change]]) => ({ name, of, cost, does, change }))
}

/** Variants that answer something else in place of carrying the request out. */
export function replaced(
  of: Variant['of'],
  cost: Cost,
  rows: Rows<NonNullable<Variant['instead']>>,
): readonly Variant[] {
  return Object.entries(rows).map(([name, [does, instead]]) => ({ name, of, cost, does, instead }))
}

/** A change of what is answered, if that is JSON. */
export function ofBody(edit: (body: JsonRecord, asked: Asked) => JsonRecord): NonNullable<Variant['change']> {
  return (answer, asked) => (isRecord(answer.body) ? { ...answer, body: edit(answer.body, asked) } : answer)
}

/** A change of the envelope's `result`. */
export function ofResult(edit: (result: unknown, asked: Asked) => unknown) {
  return ofBody((envelope, asked) => ({ ...envelope, result: edit(envelope.result, asked) }))
}

/** A change of the envelope's `result_info`. */
export function ofInfo(edit: (info: JsonRecord) => JsonRecord) {
  return ofBody((envelope) =>
    isRecord(envelope.result_info) ? { ...envelope, result_info: edit(envelope.result_info) } : envelope,
  )
}

/** A change of each object of a list, or of the one object that is the result. */
export function ofEach(edit: (object: JsonRecord) => JsonRecord) {
  return ofResult((result) =>
    Array.isArray(result)
      ? result.map((item: unknown) => (isRecord(item) ? edit(item) : item))
      : isRecord(result)
        ? edit(result)
        : result,
  )
}

/** A change of the one object that is the result. */
export function ofObject(edit: (object: JsonRecord) => unknown) {
  return ofResult((result) => (isRecord(result) ? edit(result) : result))
}

/** Null, whatever is asked. */
export const asNull = ofResult(() => null)

/** More objects at the head of a list, where a reader that gives up early loses the most. */
export function withMore(...objects: readonly unknown[]) {
  return ofResult((result) => (Array.isArray(result) ? [...objects, ...result] : result))
}

/** An empty list as null. */
export const emptyAsNull = ofResult((result) =>
  Array.isArray(result) && result.length === 0 ? null : result,
)

/** A refusal in the REST envelope, whatever is asked. */
export function refusal(status: number, errors: readonly ApiError[], more: JsonRecord = {}): () => RawAnswer {
  return () => ({ status, headers: {}, body: { ...failure(errors), ...more } })
}

export const forbidden = refusal(403, [{ code: 10000, message: 'Authentication error' }])
export const failing = refusal(500, [{ code: 10001, message: 'internal error' }])

/** Gives the answer for every tenth request of a kind. */
export function everyTenth(answer: (asked: Asked) => RawAnswer): (asked: Asked) => RawAnswer | null {
  return (asked) => (asked.earlier % 10 === 1 ? answer(asked) : null)
}

/** A page of HTML from something in front of the API. */
export function htmlPage(status: number, title: string): () => RawAnswer {
  return () => ({
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><title>${title}</title><h1>${title}</h1>`,
  })
}

export function only(object: JsonRecord, ...names: readonly string[]): JsonRecord {
  return without(object, (_, name) => !names.includes(name))
}

/** Without the fields whose value the test accepts. */
export function without(object: JsonRecord, drop: (value: unknown, name: string) => boolean): JsonRecord {
  return Object.fromEntries(Object.entries(object).filter(([name, value]) => !drop(value, name)))
}
