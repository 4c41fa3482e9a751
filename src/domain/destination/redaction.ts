import { type DestinationKind, destinationKindNames, kindSpec } from './kinds.ts'
import type { FieldSpec, KindSpec } from './spec.ts'
import { decodeText, splitConf, textBefore } from './text.ts'

/*
 * What of a `destination_conf` may be seen: the scheme, the host or bucket, the path where the kind says it
 * holds no secret, and the parameters the table calls plain text. Everything else is masked, also what
 * nobody has heard of yet: this is a list of what is allowed, never of what is forbidden.
 */

const mask = '***'
const maxLength = 256

/** The kinds whose scheme and host a text has, whether or not the rest of it fits; the narrowest first. */
export function kindsOfAddress(scheme: string, address: string): readonly DestinationKind[] {
  const host = hostOf(address)
  return destinationKindNames.filter((name) => {
    const spec = kindSpec(name)
    if (spec.scheme !== scheme) return false
    return spec.hostEndings === undefined || spec.hostEndings.some((ending) => host.endsWith(ending))
  })
}

/** The one kind an address is taken for: the narrowest of `kindsOfAddress`, null when there is none. */
export function kindOfAddress(scheme: string, address: string): DestinationKind | null {
  return kindsOfAddress(scheme, address)[0] ?? null
}

function hostOf(address: string): string {
  const authority = textBefore(address, '/')
  return authority.slice(authority.lastIndexOf('@') + 1)
}

function visibleHost(address: string): string {
  const host = hostOf(address)
  // A password with a slash in it would end up looking like a host and a path.
  const doubtful = host.includes(':') && address.slice(address.indexOf('/') + 1).includes('@')
  return /^(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/.test(host) && !doubtful ? host : mask
}

function visiblePath(spec: KindSpec | undefined, address: string): string {
  const cut = address.indexOf('/')
  const path = cut === -1 ? '' : address.slice(cut)
  if (path === '' || path === '/') return path
  const known = spec?.fields.path?.values
  if (known !== undefined && !Object.values(known).includes(path.slice(1))) return `/${mask}`
  return spec?.pathIsPublic === true ? path.replace(/[\p{C}\s]/gu, '') : `/${mask}`
}

function visibleValue(spec: FieldSpec, raw: string): string {
  const text = decodeText(raw)
  const shown = spec.type === 'text' || spec.type === 'flag'
  return shown && text !== null && /^[\w.:/{}-]{0,64}$/.test(text) ? text : mask
}

function visibleQuery(specs: readonly KindSpec[], query: string | null): string {
  if (query === null || query === '') return ''
  const fields = specs.flatMap((spec) => Object.values(spec.fields))
  const shown: string[] = []
  let hidden = false
  for (const pair of query.split('&')) {
    const cut = pair.indexOf('=')
    const name = cut === -1 ? null : pair.slice(0, cut)
    const field = fields.find((candidate) => candidate.param !== undefined && candidate.param === name)
    if (name !== null && field !== undefined)
      shown.push(`${name}=${visibleValue(field, pair.slice(cut + 1))}`)
    else if (name !== null && /^header_[A-Za-z0-9-]{1,40}$/.test(name)) shown.push(`${name}=${mask}`)
    else hidden = true
  }
  return `?${[...shown, ...(hidden ? [mask] : [])].join('&')}`
}

/** Type and redacted text of a `destination_conf`; at most 256 characters. */
export function redactConf(conf: string): { readonly type: string; readonly redacted: string } {
  const parts = splitConf(textBefore(conf, '#'))
  if (parts === null) return { type: 'unknown', redacted: mask }
  const { scheme, address, query } = parts
  const specs = kindsOfAddress(scheme, address).map(kindSpec)
  const [spec] = specs
  const text = `${scheme}://${visibleHost(address)}${visiblePath(spec, address)}${visibleQuery(specs, query)}`
  return {
    type: spec?.type ?? scheme,
    redacted: text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text,
  }
}
