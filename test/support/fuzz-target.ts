/* What makes a target of a parser. Good inputs to begin from are in test/fuzz/seeds.json. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { ApiFailure } from '../../src/errors.ts'
import type { FuzzTarget } from './fuzz.ts'

const seeds: Readonly<Record<string, readonly unknown[]>> = JSON.parse(
  readFileSync(new URL('../fuzz/seeds.json', import.meta.url), 'utf8'),
)

export function target(name: string, run: FuzzTarget['run']): FuzzTarget {
  const own = seeds[name]
  if (own === undefined) throw new Error(`no seeds for ${name}`)
  return { name, seeds: own.map((seed) => (typeof seed === 'string' ? seed : JSON.stringify(seed))), run }
}

/** What a call may end with: a result, or the one kind of failure that is expected. */
export async function settled<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error
    ok(error.message.length < 1_000, 'a message fit for a log')
    return null
  }
}

/** Of texts that are no JSON nothing is expected. */
export function ofJson(read: (value: unknown) => void): FuzzTarget['run'] {
  return (text) => {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return
    }
    read(value)
  }
}

/** What is read from a record and written again is the same once more. */
export function kept<T>(from: (record: unknown) => T | null, to: (value: T) => unknown): FuzzTarget['run'] {
  return ofJson((record) => {
    const value = from(record)
    if (value !== null) deepStrictEqual(from(JSON.parse(JSON.stringify(to(value)))), value)
  })
}
