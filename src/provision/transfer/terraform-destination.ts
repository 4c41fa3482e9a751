import {
  buildDestination,
  destinationFields,
  type FieldValue,
  parseDestination,
  toDestination,
} from '../../domain/destination/destination.ts'
import { kindSpec } from '../../domain/destination/kinds.ts'
import type { FieldSpec } from '../../domain/destination/spec.ts'
import { Secret } from '../../domain/secret.ts'
import type { JobResource } from '../resource/resource.ts'
import { type HclValue, hclEscape } from './hcl-text.ts'
import { splitUrl } from './portable-destination.ts'

/** Gives a secret a Terraform variable and answers the variable's name. */
export type HideSecret = (field: string, secret: Secret) => string

/**
 * A `destination_conf` as an expression with a variable for each secret. The variables hold secrets as they are;
 * where they stand in the query, Terraform encodes them.
 */
export function destinationExpression(job: JobResource, hide: HideSecret): HclValue {
  const destination = parseDestination(job.destinationConf.reveal())
  const whole = (): HclValue => ({ code: `var.${hide('destination_conf', job.destinationConf)}` })
  if (destination.kind === 'url') return whole()
  const { fields } = kindSpec(destination.kind)
  const expressions: string[] = []
  /** A mark that no encoding changes, in the place of a secret. */
  const mark = (field: string, spec: FieldSpec, secret: Secret): Secret => {
    const name = hide(field, secret)
    expressions.push(
      spec.param === undefined && spec.type !== 'headers' && spec.type !== 'params'
        ? `var.${name}`
        : `replace(urlencode(var.${name}), "+", "%20")`,
    )
    return new Secret(`x7HIDDEN${expressions.length}x7`)
  }
  const address = (field: string, spec: FieldSpec, url: Secret): Secret => {
    const { host, rest } = splitUrl(url)
    const start = host ?? 'https://'
    const end = host === null ? new Secret(url.reveal().replace(/^https:\/\//, '')) : rest
    const part = host === null ? `${field} without https://` : `${field}.path`
    return new Secret(end === null ? start : `${start}${mark(part, spec, end).reveal()}`)
  }
  const marked = [...destinationFields(destination)].flatMap(([field, value]): [string, FieldValue][] => {
    const spec = fields[field]
    if (spec === undefined) return []
    if (value instanceof Secret) {
      return [[field, spec.shape === 'url' ? address(field, spec, value) : mark(field, spec, value)]]
    }
    if (typeof value !== 'object') return [[field, value]]
    const names = Object.entries(value).map(([name, secret]) => [
      name,
      mark(`${field}.${name}`, spec, secret),
    ])
    return [[field, Object.fromEntries(names)]]
  })
  const template = toDestination(destination.kind, new Map(marked))
  if (template === null) return whole()
  const text = hclEscape(buildDestination(template).reveal())
  return {
    code: `"${text.replace(/x7HIDDEN(\d+)x7/g, (_, number: string) => `\${${expressions[Number(number) - 1]}}`)}"`,
  }
}
