/* How Cloudflare writes single values, and how we hold them. */
import * as z from 'zod/mini'
import { Secret } from '../domain/secret.ts'
import type { EpochMs } from '../domain/time.ts'

/** What the schema reads, converted. */
export function mapped<T, U>(schema: z.ZodMiniType<T>, convert: (value: T) => U) {
  return z.pipe(schema, z.transform(convert))
}

/** An id: Cloudflare sends numbers and texts. A number that lost digits on the way is refused. */
export const idText = z.union([z.string().check(z.minLength(1)), mapped(z.int(), String)])

/** A time that must be there, as what it belongs to cannot be placed without. */
export const instant = mapped(
  z.string().check(z.refine((text) => instantOf(text) !== null)),
  (text) => instantOf(text) ?? 0,
)

/** A text; null for null, nothing, and an empty text. */
export const optionalText = nullOr(z.string(), (text) => (text === '' ? null : text))

/** A text that may be missing, as an empty one. */
export const plainText = mapped(z.nullish(z.string()), (text) => text ?? '')

export const optionalNumber = nullOr(z.number(), (value) => value)
export const optionalFlag = nullOr(z.boolean(), (value) => value)
export const flag = mapped(z.nullish(z.boolean()), (value) => value === true)
export const secretText = mapped(z.nullish(z.string()), (text) => new Secret(text ?? ''))

const record = z.record(z.string(), z.unknown())
const textOrRecord = z.union([z.string(), record])

/** A text, or an object in its place, which is put back into text. */
export const optionalJsonText = nullOr(textOrRecord, jsonText)
export const optionalJsonSecret = nullOr(textOrRecord, (value) => {
  const text = jsonText(value)
  return text === null ? null : new Secret(text)
})
/** The same where nothing is an empty text. */
export const jsonSecret = mapped(optionalJsonText, (text) => new Secret(text ?? ''))

/** An object; null for null, nothing, and the empty text or list that stand for an empty one in places. */
export const optionalRecord = nullOr(
  z.union([record, z.literal(''), z.array(z.unknown()).check(z.maxLength(0))]),
  (value) => (typeof value === 'string' || Array.isArray(value) ? null : value),
)

function jsonText(value: string | Readonly<Record<string, unknown>>): string | null {
  if (value === '') return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/**
 * An RFC 3339 time. "Never" comes as null, `""`, `"null"` (seen in a vendor's sample) or the year 1, and all
 * of these are null here; so is a text that is no time.
 */
export const optionalInstant = nullOr(z.string(), instantOf)

export function instantOf(text: string): EpochMs | null {
  const parsed = Date.parse(text)
  return Number.isNaN(parsed) || parsed <= 0 ? null : parsed
}

function nullOr<T, U>(inner: z.ZodMiniType<T>, convert: (value: T) => U | null) {
  return mapped(z.nullish(inner), (value) => (value === null || value === undefined ? null : convert(value)))
}

type CamelCase<Name> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

/** An object of Cloudflare's under our names: its `policy_id` is our `policyId`. */
export function camelCased<T extends object>(wire: T) {
  const entries = Object.entries(wire).map(([name, value]) => [
    name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ])
  return Object.fromEntries(entries) as { readonly [Name in keyof T as CamelCase<Name>]: T[Name] }
}

/** For a call whose answer says nothing that is needed. */
export const nothing = mapped(z.unknown(), () => undefined)
