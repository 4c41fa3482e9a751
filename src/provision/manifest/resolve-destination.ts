import {
  buildDestination,
  type Destination,
  type FieldValue,
  toDestination,
} from '../../domain/destination/destination.ts'
import {
  type DestinationKind,
  destinationKindNames,
  isDestinationKind,
  kindSpec,
} from '../../domain/destination/kinds.ts'
import type { FieldSpec } from '../../domain/destination/spec.ts'
import { splitConf } from '../../domain/destination/text.ts'
import { nearestName } from '../../domain/nearest-name.ts'
import { isObject } from '../../domain/plain-value.ts'
import { quoted } from '../../domain/positioned.ts'
import { Secret } from '../../domain/secret.ts'
import { hasReference, variablesIn } from '../resource/reference.ts'
import { expectedText } from './check-destination.ts'
import { type Resolver, resolveText } from './resolve-text.ts'
import type { Path } from './tree.ts'

/** The `destination_conf` a job's destination stands for, or null after reporting why there is none. */
export function resolveDestination(
  resolver: Resolver,
  value: Readonly<Record<string, unknown>>,
  path: Path,
): Secret | null {
  const kind = Object.keys(value).find((name) => value[name] !== undefined)
  if (kind === 'url') return resolveWhole(resolver, String(value.url), [...path, 'url'])
  const fields = kind === undefined ? undefined : value[kind]
  if (kind === undefined || !isDestinationKind(kind) || !isObject(fields)) return null
  const destination = resolveFields(resolver, kind, fields, [...path, kind])
  return destination && buildDestination(destination)
}

function resolveWhole(resolver: Resolver, text: string, path: Path): Secret | null {
  const { report, readers } = resolver
  const conf = resolveText(resolver, path, text)
  if (conf === null) return null
  if (readers === null && hasReference(conf)) return new Secret(conf)
  const parts = splitConf(conf)
  if (parts === null) {
    report.error(path, 'expected a destination such as s3://bucket/path?region=…, found something else')
    return null
  }
  const schemes = destinationKindNames.map((name) => kindSpec(name).scheme)
  if (!schemes.includes(parts.scheme)) {
    const near = nearestName(parts.scheme, schemes)
    const hint = near === null ? '' : `; did you mean ${quoted(`${near}://`)}?`
    report.warn(path, `${quoted(`${parts.scheme}://`)} is an unknown kind of destination${hint}`)
  }
  return new Secret(conf)
}

function resolveFields(
  resolver: Resolver,
  kind: DestinationKind,
  given: Readonly<Record<string, unknown>>,
  path: Path,
): Destination | null {
  const fields = new Map<string, FieldValue>()
  let complete = true
  for (const [name, spec] of Object.entries(kindSpec(kind).fields)) {
    const value = resolveField(resolver, spec, given[name], [...path, name])
    if (value === null) complete = false
    else if (value !== undefined) fields.set(name, value)
  }
  return complete ? toDestination(kind, fields) : null
}

/** Undefined when the field is not given; null after reporting an error. */
function resolveField(
  resolver: Resolver,
  spec: FieldSpec,
  given: unknown,
  path: Path,
): FieldValue | null | undefined {
  if (spec.type === 'headers' || spec.type === 'params') {
    const texts = Object.entries(isObject(given) ? given : {}).map(([key, text]) => [
      key,
      resolveText(resolver, [...path, key], String(text)),
    ])
    const secrets = texts.flatMap(([key, text]) => (text === null ? [] : [[key, new Secret(text ?? '')]]))
    return secrets.length < texts.length ? null : Object.fromEntries(secrets)
  }
  if (typeof given === 'boolean') return given
  if (typeof given !== 'string') return spec.fallback
  const text = resolveText(resolver, path, given)
  if (text === null) return null
  const expected = resolver.readers === null ? null : expectedText(spec, text)
  if (expected !== null && (hasReference(given) || variablesIn(given).length > 0)) {
    const but = hasReference(given)
      ? 'but the reference resolves to something else'
      : `but its variables make it ${quoted(text)}`
    resolver.report.error(path, `expected ${expected}, ${but}`)
    return null
  }
  return spec.type === 'text' ? text : new Secret(text)
}
