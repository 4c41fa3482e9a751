import { Secret } from '../../domain/secret.ts'
import { canonicalJson, isJsonValue } from '../resource/json-value.ts'
import type { Actual } from '../resource/resource.ts'

/** What Cloudflare changes by itself while a job runs. */
const ofItsOwn: ReadonlySet<string> = new Set([
  'lastComplete',
  'lastError',
  'errorMessage',
  'createdAt',
  'lastSuccess',
  'lastFailure',
])

/** Names of the parts of a live object that differ from how it was read before. */
export function changedSince(before: Actual, now: Actual): readonly string[] {
  const old = new Map(Object.entries(before.live))
  const current = new Map(Object.entries(now.live))
  const names = new Set([...old.keys(), ...current.keys()])
  return [...names].filter((name) => !ofItsOwn.has(name) && !same(old.get(name), current.get(name))).sort()
}

function same(a: unknown, b: unknown): boolean {
  if (a instanceof Secret && b instanceof Secret) return a.equals(b)
  if (isJsonValue(a) && isJsonValue(b)) return canonicalJson(a) === canonicalJson(b)
  return a === b
}
