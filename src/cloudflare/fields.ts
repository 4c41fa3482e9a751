/* How Cloudflare writes single values, and how we hold them. */
import * as z from 'zod/mini'
import { Secret } from '../domain/secret.ts'
import type { EpochMs } from '../domain/time.ts'

/** An id: Cloudflare sends numbers and texts. A number that lost digits on the way is refused. */
export const idText = z.union([
  z.string().check(z.minLength(1)),
  z.pipe(
    z.int(),
    z.transform((value: number) => String(value)),
  ),
])

/** A text; null for null, nothing, and an empty text. */
export const optionalText = nullOr(z.string(), (text) => (text === '' ? null : text))

/** A text that may be missing, as an empty one. */
export const plainText = z.pipe(
  z.nullish(z.string()),
  z.transform((text: string | null | undefined) => text ?? ''),
)

export const optionalNumber = nullOr(z.number(), (value) => value)
export const optionalFlag = nullOr(z.boolean(), (value) => value)
export const flag = z.pipe(
  z.nullish(z.boolean()),
  z.transform((value: boolean | null | undefined) => value === true),
)
export const secretText = z.pipe(
  z.nullish(z.string()),
  z.transform((text: string | null | undefined) => new Secret(text ?? '')),
)

const record = z.record(z.string(), z.unknown())
const textOrRecord = z.union([z.string(), record])

/** A text, or an object in its place, which is put back into text. */
export const optionalJsonText = nullOr(textOrRecord, jsonText)
export const optionalJsonSecret = nullOr(textOrRecord, (value) => {
  const text = jsonText(value)
  return text === null ? null : new Secret(text)
})
/** The same where nothing is an empty text. */
export const jsonSecret = z.pipe(
  optionalJsonText,
  z.transform((text: string | null) => new Secret(text ?? '')),
)

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

/** A list whose null items are left out, as the API's own types allow them; a missing list is refused. */
export function listOf<S extends z.ZodMiniType>(item: S): z.ZodMiniType<readonly z.output<S>[]> {
  return z.pipe(
    z.array(z.nullable(item)),
    z.transform((items: (z.output<S> | null)[]) => items.filter((one): one is z.output<S> => one !== null)),
  )
}

function nullOr<T, U>(inner: z.ZodMiniType<T>, convert: (value: T) => U | null) {
  return z.pipe(
    z.nullish(inner),
    z.transform((value: T | null | undefined) =>
      value === null || value === undefined ? null : convert(value),
    ),
  )
}
