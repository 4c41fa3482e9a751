import { Secret } from '../secret.ts'
import { buildAddress, parseAddress } from './address.ts'
import {
  type DestinationKind,
  destinationKindNames,
  destinationKinds,
  isDestinationKind,
  kindSpec,
} from './kinds.ts'
import { redactConf } from './redaction.ts'
import type { FieldSpec, FieldType, KindSpec } from './spec.ts'
import { encodeValue, parseQuery, splitConf, textBefore } from './text.ts'

/*
 * A Logpush destination as a value, built to and parsed from its `destination_conf`.
 * Nothing is ever half understood: a text that a kind cannot say exactly is of kind `url`, kept whole.
 */

type ValueOf<T extends FieldType> = T extends 'text'
  ? string
  : T extends 'flag'
    ? boolean
    : T extends 'headers' | 'params'
      ? Readonly<Record<string, Secret>>
      : Secret

type Specs<K extends DestinationKind> = (typeof destinationKinds)[K]['fields']
type Needed<F> = { [N in keyof F]: F[N] extends { required: true } ? N : never }[keyof F]
type Fields<F> = {
  readonly [N in Needed<F>]: F[N] extends FieldSpec ? ValueOf<F[N]['type']> : never
} & {
  readonly [N in Exclude<keyof F, Needed<F>>]?: F[N] extends FieldSpec ? ValueOf<F[N]['type']> : never
}

/** One kind's fields, named as in a manifest, e.g. `DestinationOf<'s3'>`. */
export type DestinationOf<K extends DestinationKind> = { readonly kind: K } & Fields<Specs<K>>

/** A whole `destination_conf` that no kind of the table says. */
export interface UrlDestination {
  readonly kind: 'url'
  readonly conf: Secret
}

export type Destination = { [K in DestinationKind]: DestinationOf<K> }[DestinationKind] | UrlDestination

export type FieldValue = string | boolean | Secret | Readonly<Record<string, Secret>>

/** A destination read without knowing its kind: field name → value, in the order of the table. */
export function destinationFields(destination: Destination): ReadonlyMap<string, FieldValue> {
  const fields = new Map<string, FieldValue>()
  if (destination.kind === 'url') return fields
  const values: Readonly<Record<string, FieldValue | undefined>> = destination
  for (const name of Object.keys(kindSpec(destination.kind).fields)) {
    const value = values[name]
    if (value !== undefined) fields.set(name, value)
  }
  return fields
}

function isNames(value: FieldValue): value is Readonly<Record<string, Secret>> {
  return typeof value === 'object' && !(value instanceof Secret)
}

function hasType(value: FieldValue | undefined, type: FieldType): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string'
    case 'flag':
      return typeof value === 'boolean'
    case 'headers':
    case 'params':
      return value !== undefined && isNames(value)
    case 'hidden':
    case 'secret':
    case 'query':
      return value instanceof Secret
  }
}

type LooseDestination = { readonly kind: string; readonly [field: string]: FieldValue | undefined }

function isDestination(value: LooseDestination): value is Destination & LooseDestination {
  if (!isDestinationKind(value.kind)) return false
  return Object.entries(kindSpec(value.kind).fields).every(
    ([name, spec]) => hasType(value[name], spec.type) || (value[name] === undefined && !spec.required),
  )
}

/** Makes a destination of fields whose kind is only known at run time; null when one is missing or mistyped. */
export function toDestination(
  kind: DestinationKind,
  fields: ReadonlyMap<string, FieldValue>,
): Destination | null {
  const value = { ...Object.fromEntries(fields), kind }
  return isDestination(value) ? value : null
}

/** Where the text leaves for its destination: in the text of a `destination_conf`. */
function plain(value: string | boolean | Secret): string {
  return value instanceof Secret ? value.reveal() : String(value)
}

/** Google's key file is JSON; Cloudflare wants it in base64. */
function credentialsText(text: string): string {
  if (!text.trimStart().startsWith('{')) return text
  return `base64:${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}`
}

/** The `destination_conf` of a destination. It holds the credentials. */
export function buildDestination(destination: Destination): Secret {
  if (destination.kind === 'url') return destination.conf
  const spec = kindSpec(destination.kind)
  const address = new Map<string, string>()
  const query: string[] = []
  for (const [name, value] of destinationFields(destination)) {
    const field = spec.fields[name]
    if (field === undefined) continue
    if (isNames(value)) {
      const prefix = field.type === 'headers' ? 'header_' : ''
      for (const [key, secret] of Object.entries(value)) {
        query.push(`${encodeValue(prefix + key)}=${encodeValue(secret.reveal())}`)
      }
    } else if (field.type === 'query') {
      query.push(plain(value).replace(/^\?/, ''))
    } else if (field.param === undefined) {
      address.set(name, plain(value))
    } else {
      const text = field.param === 'credentials' ? credentialsText(plain(value)) : plain(value)
      query.push(`${field.param}=${encodeValue((field.prefix ?? '') + text)}`)
    }
  }
  const tail = query.length === 0 ? '' : `?${query.join('&')}`
  return new Secret(`${spec.scheme}://${buildAddress(spec, address)}${tail}`)
}

function typed(field: FieldSpec, text: string): FieldValue | null {
  if (field.type === 'flag') return text === 'true' ? true : text === 'false' ? false : null
  return field.type === 'text' ? text : new Secret(text)
}

/** Takes the parameter of one field out of `params`; undefined when it is not there, null when it does not fit. */
function takeParam(field: FieldSpec, params: Map<string, string>): FieldValue | null | undefined {
  if (field.type === 'headers' || field.type === 'params') {
    const prefix = field.type === 'headers' ? 'header_' : ''
    const taken = [...params].filter(([name]) => name.startsWith(prefix))
    for (const [name] of taken) params.delete(name)
    return Object.fromEntries(taken.map(([name, value]) => [name.slice(prefix.length), new Secret(value)]))
  }
  const text = field.param === undefined ? undefined : params.get(field.param)
  if (field.param === undefined || text === undefined)
    return field.implied === true ? field.fallback : undefined
  params.delete(field.param)
  const prefix = field.prefix ?? ''
  return text.startsWith(prefix) ? typed(field, text.slice(prefix.length)) : null
}

function parseAs(kind: DestinationKind, address: string, query: string | null): Destination | null {
  const spec: KindSpec = kindSpec(kind)
  const host = textBefore(address, '/')
  if (spec.hostEndings !== undefined && !spec.hostEndings.some((ending) => host.endsWith(ending))) return null
  const texts = parseAddress(spec, address)
  const wholeQuery = Object.values(spec.fields).some((field) => field.type === 'query')
  const params = wholeQuery ? new Map<string, string>() : parseQuery(query)
  if (texts === null || params === null) return null
  const rest = new Map(params)
  const fields = new Map<string, FieldValue>()
  for (const [name, field] of Object.entries(spec.fields)) {
    const text = field.type === 'query' ? query : texts.get(name)
    const value = typeof text === 'string' ? typed(field, text) : takeParam(field, rest)
    if (value === null) return null
    if (value !== undefined) fields.set(name, value)
  }
  return rest.size > 0 ? null : toDestination(kind, fields)
}

/** Reads a `destination_conf`; whatever the table does not say exactly comes back whole, as kind `url`. */
export function parseDestination(conf: string): Destination {
  const parts = splitConf(conf)
  if (parts !== null) {
    for (const kind of destinationKindNames) {
      if (destinationKinds[kind].scheme !== parts.scheme) continue
      const destination = parseAs(kind, parts.address, parts.query)
      if (destination !== null) return destination
    }
  }
  return { kind: 'url', conf: new Secret(conf) }
}

/** What may be shown of a destination: its type in lower case, and its text with everything secret masked. */
export function describeDestination(conf: Secret): { readonly type: string; readonly redacted: string } {
  return redactConf(conf.reveal())
}
