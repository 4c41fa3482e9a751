import * as z from 'zod/mini'
import type { ErrorItem } from './verdict.ts'

const code = z.union([z.number(), z.string()])

const item = z.object({
  code: z.nullish(code),
  message: z.nullish(z.string()),
  error_chain: z.nullish(z.array(z.nullable(z.object({ code: z.nullish(code) })))),
  extensions: z.nullish(z.object({ code: z.nullish(code) })),
})

/** More of them say nothing more, and their texts are put together and searched. */
const maxErrors = 20
const maxMessageLength = 2_000

/**
 * Reads the first `errors` of an envelope or of a GraphQL answer. Reading an error must not fail with another one:
 * what is not an error item is passed over. A single object counts as a list of one.
 */
export function readErrors(errors: unknown): readonly ErrorItem[] {
  const list: readonly unknown[] = Array.isArray(errors) ? errors.slice(0, maxErrors) : [errors]
  return list.flatMap((candidate) => {
    const parsed = item.safeParse(candidate)
    if (!parsed.success) return []
    const { error_chain: chain, extensions, message } = parsed.data
    const inner = (chain ?? []).slice(0, maxErrors).map((link) => link?.code)
    const codes = [parsed.data.code, extensions?.code, ...inner]
    const known = codes.filter((value) => value !== undefined && value !== null)
    return [{ codes: known.map(bounded), message: (message ?? '').slice(0, maxMessageLength) }]
  })
}

/** A code is a number or a short word; anything longer is text in disguise and may carry anything. */
function bounded(value: number | string): number | string {
  return typeof value === 'number' || /^[\w.-]{1,40}$/.test(value) ? value : 'unknown'
}
