import { destinationFields, type FieldValue, parseDestination } from '../../domain/destination/destination.ts'
import { kindSpec } from '../../domain/destination/kinds.ts'
import type { FieldSpec } from '../../domain/destination/spec.ts'
import { Secret } from '../../domain/secret.ts'
import type { JsonValue } from '../resource/json-value.ts'
import { referenceText } from '../resource/reference.ts'
import type { JobResource } from '../resource/resource.ts'
import type { Placeholders } from './placeholders.ts'

/* A destination as a manifest writes it, everything that may be a secret behind a reference. */

/** `whole`: the whole text behind one reference, for what cannot be said field by field. */
export type DestinationForm = 'fields' | 'whole'

export function destinationValue(
  job: JobResource,
  names: Placeholders,
  form: DestinationForm,
): Readonly<Record<string, JsonValue>> {
  const hide = (field: string, secret: Secret): string =>
    referenceText({ kind: 'env', name: names.nameOf(job, field, secret) })
  const destination = parseDestination(job.destinationConf.reveal())
  if (form === 'whole' || destination.kind === 'url') return { url: hide('destination', job.destinationConf) }
  const { fields } = kindSpec(destination.kind)
  const values = [...destinationFields(destination)].flatMap(([name, value]): [string, JsonValue][] => {
    const spec = fields[name]
    if (spec === undefined || (spec.implied === true && spec.fallback === value)) return []
    const said = fieldText(spec, value, (part, secret) => hide(`destination.${name}${part}`, secret))
    return said === null ? [] : [[name, said]]
  })
  return { [destination.kind]: Object.fromEntries(values) }
}

function fieldText(
  spec: FieldSpec,
  value: FieldValue,
  hide: (part: string, secret: Secret) => string,
): JsonValue {
  if (typeof value === 'boolean') return value
  // A reference in a text would be replaced, so a text that looks like one is put behind one.
  if (typeof value === 'string') return value.includes('${') ? hide('', new Secret(value)) : value
  if (!(value instanceof Secret)) {
    const entries = Object.entries(value).map(([name, secret]) => [name, hide(`.${name}`, secret)])
    return entries.length === 0 ? null : Object.fromEntries(entries)
  }
  const { host, rest } = spec.shape === 'url' ? splitUrl(value) : { host: null, rest: value }
  if (host === null) return hide('', value)
  return rest === null ? host : `${host}${hide('.path', rest)}`
}

/** An address cut behind its host: what follows may be a secret. Host is null when it may hold one itself. */
export function splitUrl(url: Secret): { readonly host: string | null; readonly rest: Secret | null } {
  const match = /^(https?:\/\/[A-Za-z0-9.-]+(?::\d+)?)(\/?)(.*)$/s.exec(url.reveal())
  const [, host = '', slash = '', rest = ''] = match ?? []
  if (match === null || (slash === '' && rest !== '')) return { host: null, rest: url }
  return { host: `${host}${slash}`, rest: rest === '' ? null : new Secret(rest) }
}
