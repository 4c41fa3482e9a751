import * as z from 'zod'
import { refEnv, refFile } from '../resource/reference.ts'

/*
 * The bricks of the manifest's schema. The error text of every brick is what was expected there, in words
 * that follow "expected"; who reports it adds where, and what was found instead.
 */

/** Begins the error of an unknown key; the known ones follow. */
export const unknownKeyMark = 'known keys:'

/** A mapping with exactly these keys. */
export function mapping<S extends z.ZodRawShape>(what: string, description: string, shape: S) {
  const known = `${unknownKeyMark} ${Object.keys(shape).join(' ')}`
  return z
    .strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? known : what) })
    .meta({ description })
}

export function text(what: string, description: string) {
  return z.string({ error: what }).min(1, { error: what }).meta({ description })
}

export function anyText(description: string) {
  return z.string({ error: 'a text' }).meta({ description })
}

export function flag(description: string) {
  return z.boolean({ error: 'true or false' }).meta({ description })
}

export function oneOf<const V extends readonly [string, ...string[]]>(description: string, values: V) {
  return z.enum(values, { error: `one of ${values.join(', ')}` }).meta({ description })
}

export function listOf<T extends z.ZodType>(what: string, description: string, item: T) {
  return z.array(item, { error: what }).meta({ description })
}

export function names(what: string, description: string) {
  return z.record(z.string(), z.string({ error: 'a text' }), { error: what }).meta({ description })
}

/** Ends the description of a text in which references are replaced. */
export const referable = `Text; ${refEnv} and ${refFile} are replaced.`
/** Ends the description of a text that has to be a reference. */
export const secretly = `Secret: a reference such as ${refEnv} or ${refFile}.`
