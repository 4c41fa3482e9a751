/*
 * What the table of destinations says of a kind and of each of its fields.
 */

/**
 * How a field behaves:
 * - `text`: shown as it is
 * - `hidden`: held as a secret and masked everywhere, but may stand literally in a manifest
 * - `secret`: held as a secret; a manifest must refer to it
 * - `flag`: true or false
 * - `headers`, `params`: names with secret values, sent as `header_<name>=` and `<name>=`
 * - `query`: the whole query as one secret (an Azure SAS)
 */
export type FieldType = 'text' | 'hidden' | 'secret' | 'flag' | 'headers' | 'params' | 'query'

export interface FieldSpec {
  readonly type: FieldType
  readonly required: boolean
  /** For people who write a manifest: one sentence. */
  readonly doc: string
  /** Name of the query parameter; without it the field stands in the address. */
  readonly param?: string
  /** Fixed text before the value, such as `Bearer `. */
  readonly prefix?: string
  /** What the manifest assumes when the field is left out. */
  readonly fallback?: string | boolean
  /** True when a destination that does not say it means the fallback too. */
  readonly implied?: true
  /** The only values allowed, with the text each stands for in the address. */
  readonly values?: Readonly<Record<string, string>>
  /** What may stand in the address, where a field is not one plain segment. */
  readonly shape?: 'segment' | 'label' | 'path' | 'url'
}

export interface KindSpec {
  readonly title: string
  readonly scheme: string
  /** The `destination_type` of metrics and reports; several kinds may share one. */
  readonly type: string
  readonly address: string
  /** Only hosts with one of these endings are of this kind, where the scheme alone does not say it. */
  readonly hostEndings?: readonly string[]
  /** Whether Cloudflare asks for proof that the destination is ours. */
  readonly challenge: 'always' | 'without keys' | 'never'
  /** Whether everything after the host is free of secrets. */
  readonly pathIsPublic: boolean
  readonly fields: Readonly<Record<string, FieldSpec>>
}
