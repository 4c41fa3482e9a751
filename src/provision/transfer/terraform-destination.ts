import { destinationFields, type FieldValue, parseDestination } from '../../domain/destination/destination.ts'
import { kindSpec } from '../../domain/destination/kinds.ts'
import type { FieldSpec, KindSpec } from '../../domain/destination/spec.ts'
import { decodeText, splitConf } from '../../domain/destination/text.ts'
import { Secret } from '../../domain/secret.ts'
import type { JobResource } from '../resource/resource.ts'
import { type HclValue, hclEscape } from './hcl-text.ts'
import { splitUrl } from './portable-destination.ts'

export type HideSecret = (field: string, secret: Secret) => string

/** A text that is shown, or an expression in the place of a secret. */
type Piece = string | { readonly code: string }

/**
 * A `destination_conf` as an expression with a variable for each secret. It evaluates to the very text that is live:
 * another order or encoding would be a change to Terraform. Secrets in the query stand in their variables as they
 * are where Terraform encodes them the same way, else encoded as they stand there.
 */
export function destinationExpression(job: JobResource, hide: HideSecret): HclValue {
  const conf = job.destinationConf.reveal()
  const destination = parseDestination(conf)
  const parts = splitConf(conf)
  if (destination.kind === 'url' || parts === null) {
    return { code: `var.${hide('destination_conf', job.destinationConf)}` }
  }
  const spec = kindSpec(destination.kind)
  const pieces: readonly Piece[] = [
    `${conf.slice(0, parts.scheme.length)}://`,
    ...addressPieces(spec, parts.address, destinationFields(destination), hide),
    ...(parts.query === null ? [] : ['?', ...queryPieces(spec, parts.query, hide)]),
  ]
  const text = pieces.map((piece) => (typeof piece === 'string' ? hclEscape(piece) : `\${${piece.code}}`))
  return { code: `"${text.join('')}"` }
}

/** A secret in the address stands at its end, as it is. */
function addressPieces(
  { fields }: KindSpec,
  address: string,
  values: ReadonlyMap<string, FieldValue>,
  hide: HideSecret,
): readonly Piece[] {
  for (const [field, value] of values) {
    const spec = fields[field]
    if (spec?.param !== undefined || !(value instanceof Secret)) continue
    if (spec?.shape === 'url') return urlPieces(field, address, hide)
    const raw = value.reveal()
    if (raw !== '' && address.endsWith(raw)) {
      return [address.slice(0, -raw.length), { code: `var.${hide(field, value)}` }]
    }
  }
  return [address]
}

function urlPieces(field: string, address: string, hide: HideSecret): readonly Piece[] {
  const { host, rest } = splitUrl(new Secret(`https://${address}`))
  if (host === null) {
    return [{ code: `var.${hide(`${field} without https://`, new Secret(address))}` }]
  }
  const shown = host.slice('https://'.length)
  return rest === null ? [shown] : [shown, { code: `var.${hide(`${field}.path`, rest)}` }]
}

function queryPieces({ fields }: KindSpec, query: string, hide: HideSecret): readonly Piece[] {
  const specs = Object.entries(fields)
  const whole = specs.find(([, { type }]) => type === 'query')
  if (whole !== undefined) return [{ code: `var.${hide(whole[0], new Secret(query))}` }]
  return query.split('&').flatMap((pair, index): readonly Piece[] => {
    const cut = pair.indexOf('=') + 1
    const [name, raw] = [decodeText(pair.slice(0, cut - 1)) ?? '', pair.slice(cut)]
    const before = index === 0 ? '' : '&'
    const [field, spec] = specs.find(([, { param }]) => param === name) ?? []
    if (spec?.type === 'text' || spec?.type === 'flag') return [`${before}${pair}`]
    const [shown, hidden] = withoutPrefix(raw, spec)
    const header = name.startsWith('header_') ? `headers.${name.slice('header_'.length)}` : `params.${name}`
    return [`${before}${pair.slice(0, cut)}${shown}`, hiddenPiece(field ?? header, hidden, hide)]
  })
}

/** `Splunk%20` is shown, the token is not; a text without the prefix is hidden as a whole. */
function withoutPrefix(raw: string, spec: FieldSpec | undefined): readonly [shown: string, hidden: string] {
  const prefix = spec?.prefix ?? ''
  for (let end = 0; end <= raw.length; end += 1) {
    if (decodeText(raw.slice(0, end)) === prefix) return [raw.slice(0, end), raw.slice(end)]
  }
  return ['', raw]
}

function hiddenPiece(field: string, raw: string, hide: HideSecret): Piece {
  const plain = decodeText(raw)
  return plain !== null && terraformEncoded(plain) === raw
    ? { code: `replace(urlencode(var.${hide(field, new Secret(plain))}), "+", "%20")` }
    : { code: `var.${hide(`${field}.encoded`, new Secret(raw))}` }
}

/** What `replace(urlencode(…), "+", "%20")` makes of a text. */
function terraformEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
