import {
  type Destination,
  describeDestination,
  destinationFields,
  type FieldValue,
  parseDestination,
} from '../../domain/destination/destination.ts'
import { kindSpec } from '../../domain/destination/kinds.ts'
import { parseQuery, splitConf } from '../../domain/destination/text.ts'
import { Secret } from '../../domain/secret.ts'
import type { JsonValue } from '../resource/json-value.ts'
import { type FieldDiff, secretAfter, secretBefore } from './change.ts'

/*
 * Two destinations compared by what they mean: the order and encoding of parameters is no difference, and
 * neither is a secret that Cloudflare does not give back.
 */

/** The differences, named as in a manifest; secrets only as changed or not. */
export function destinationDiff(wanted: Secret, live: Secret): readonly FieldDiff[] {
  if (wanted.equals(live)) return []
  const to = parseDestination(wanted.reveal())
  const from = parseDestination(live.reveal())
  if (to.kind === 'url' || from.kind !== to.kind) {
    return onlySecretsLeftOut(to, wanted, live) ? [] : [wholeDiff(wanted, live)]
  }
  const before = destinationFields(from)
  const after = destinationFields(to)
  return Object.keys(kindSpec(to.kind).fields).flatMap((name) =>
    fieldDiff(`destination.${name}`, before.get(name), after.get(name)),
  )
}

function wholeDiff(wanted: Secret, live: Secret): FieldDiff {
  const from = describeDestination(live).redacted
  const to = describeDestination(wanted).redacted
  return from === to
    ? { path: 'destination', from: secretBefore, to: secretAfter }
    : { path: 'destination', from, to }
}

function fieldDiff(
  path: string,
  from: FieldValue | undefined,
  to: FieldValue | undefined,
): readonly FieldDiff[] {
  if (from instanceof Secret || to instanceof Secret) return secretDiff(path, asSecret(from), asSecret(to))
  if (typeof from === 'object' || typeof to === 'object') {
    return namesDiff(path, typeof from === 'object' ? from : {}, typeof to === 'object' ? to : {})
  }
  return from === to ? [] : [{ path, from: from ?? null, to: to ?? null }]
}

function asSecret(value: FieldValue | undefined): Secret | null {
  return value instanceof Secret ? value : null
}

/** The difference of two secrets, neither of them shown. */
export function secretDiff(path: string, from: Secret | null, to: Secret | null): readonly FieldDiff[] {
  if (from === null || to === null) {
    return from === to ? [] : [{ path, from: from && secretBefore, to: to && secretBefore }]
  }
  return from.equals(to) || isMasked(from) ? [] : [{ path, from: secretBefore, to: secretAfter }]
}

/** Whether Cloudflare gave back a placeholder in the place of a secret. */
function isMasked(secret: Secret): boolean {
  return /^(?:[*•]{3,}|[xX]{4,}|[<[(]?redacted[>\])]?)$/i.test(secret.reveal())
}

type Names = Readonly<Record<string, Secret>>

function namesDiff(path: string, from: Names, to: Names): readonly FieldDiff[] {
  const named = Object.keys(to).flatMap((name) =>
    secretDiff(`${path}.${name}`, from[name] ?? null, to[name] ?? null),
  )
  // What only the live side has was named by nobody here: its name may be a secret of its own.
  const gone = Object.keys(from).some((name) => to[name] === undefined)
  return gone ? [...named, { path, from: secretBefore, to: removed(to) }] : named
}

function removed(to: Names): JsonValue {
  return Object.keys(to).length === 0 ? null : '(some removed)'
}

/** Whether the live text is the wanted one without some of its secrets, which is all that can be read back. */
function onlySecretsLeftOut(to: Destination, wanted: Secret, live: Secret): boolean {
  const after = splitConf(wanted.reveal())
  const before = splitConf(live.reveal())
  if (to.kind === 'url' || after === null || before === null) return false
  if (after.scheme !== before.scheme || after.address !== before.address) return false
  const given = parseQuery(after.query)
  const got = parseQuery(before.query)
  if (given === null || got === null) return false
  const secrets = new Set(
    Object.values(kindSpec(to.kind).fields).flatMap((field) =>
      field.param !== undefined && field.type === 'secret' ? [field.param] : [],
    ),
  )
  const same = [...got].every(([name, value]) => given.get(name) === value)
  return same && [...given.keys()].every((name) => got.has(name) || secrets.has(name))
}
