import type { FieldSpec, KindSpec } from './spec.ts'
import { decodePath, encodePath } from './text.ts'

/* The part of a destination between `scheme://` and `?`, as a kind's template says it. */

const placeholder = /\{(\w+)\}/g

const patterns = {
  segment: '[^/?#@%\\s]+',
  label: '[^./?#@%:\\s]+',
  host: '[^/?#@%\\s]+',
  path: '[^?#\\s]*',
  url: '[^?#\\s]+',
} as const

function patternOf(spec: FieldSpec): string {
  if (spec.values !== undefined) {
    return Object.values(spec.values)
      .map((text) => text.replaceAll('.', '\\.'))
      .join('|')
  }
  return patterns[spec.shape ?? 'segment']
}

/** Whether a text may stand in the address as this field. */
export function fitsAddress(spec: FieldSpec, text: string): boolean {
  if (spec.values !== undefined) return Object.hasOwn(spec.values, text)
  if (spec.shape === 'path') return !text.startsWith('/')
  if (spec.shape === 'url') return /^https:\/\/[^/?#\s]+[^?#\s]*$/.test(text)
  return new RegExp(`^${patternOf(spec)}$`).test(text)
}

function addressText(spec: FieldSpec, value: string): string {
  if (spec.values !== undefined) return spec.values[value] ?? ''
  if (spec.shape === 'path') return encodePath(value)
  if (spec.shape === 'url') return value.replace(/^https:\/\//, '')
  return value
}

/** `values` holds every field of the address as text. */
export function buildAddress(spec: KindSpec, values: ReadonlyMap<string, string>): string {
  const address = spec.address.replace(placeholder, (_, name: string) => {
    const field = spec.fields[name]
    return field === undefined ? '' : addressText(field, values.get(name) ?? '')
  })
  return values.get('path') === '' ? address.replace(/\/$/, '') : address
}

function fieldText(spec: FieldSpec, raw: string): string | null {
  const { values } = spec
  if (values !== undefined) return Object.keys(values).find((name) => values[name] === raw) ?? null
  if (spec.shape === 'path') return raw.startsWith('/') ? null : decodePath(raw)
  if (spec.shape === 'url') return `https://${raw}`
  return raw
}

/** The fields of an address, or null when the template does not fit. */
export function parseAddress(spec: KindSpec, address: string): ReadonlyMap<string, string> | null {
  const names: string[] = []
  const template = spec.address.replaceAll('.', '\\.').replace(placeholder, (_, name: string) => {
    names.push(name)
    const field = spec.fields[name]
    return field === undefined ? '' : `(${patternOf(field)})`
  })
  // A folder may be left out together with its slash.
  const pattern = template.replace(/\/(\([^()]*\))$/, (whole, group: string) =>
    spec.fields.path === undefined ? whole : `(?:/${group})?`,
  )
  const match = new RegExp(`^${pattern}$`).exec(address)
  if (match === null) return null
  const values = new Map<string, string>()
  for (const [index, name] of names.entries()) {
    const field = spec.fields[name]
    const text = field === undefined ? null : fieldText(field, match[index + 1] ?? '')
    if (text === null) return null
    values.set(name, text)
  }
  return values
}
