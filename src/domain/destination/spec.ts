/* What the table of destinations says of a kind and of each of its fields. */

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
  readonly shape?: 'segment' | 'label' | 'host' | 'path' | 'url'
  /** Whether Cloudflare fills in the day for `{DATE}`. */
  readonly dated?: true
  /** Where Cloudflare refuses some values: what should have been there, to complete "expected …", or null. */
  readonly expects?: (value: string) => string | null
}

/** For `expects`: values must match. */
export function like(pattern: RegExp, expected: string): (value: string) => string | null {
  return (value) => (pattern.test(value) ? null : expected)
}

/** Inclusive bounds of a `max_upload_*` value; 0, which leaves it to Cloudflare, is always allowed. */
export interface UploadRange {
  readonly min: number
  readonly max: number
}

/** `fixed`: Cloudflare decides, and ignores what a job says. */
export type UploadLimit = UploadRange | 'fixed'

export interface UploadLimits {
  /** Uncompressed bytes. */
  readonly bytes: UploadLimit
  readonly records: UploadLimit
  readonly intervalSeconds: UploadLimit
}

/** Where a kind that keeps objects keeps them, and what has to be allowed so that Cloudflare may write there. */
export interface ObjectsSpec {
  readonly store: 's3' | 'r2' | 'gcs' | 'azure'
  readonly grant: string
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
  /** What it takes of `max_upload_*` where that differs from other kinds. */
  readonly limits?: Partial<UploadLimits>
  /** What is wrong with the fields together: the rest of sentences, none when all is well. */
  readonly together?: (has: (field: string) => boolean) => readonly string[]
  /** Only for kinds whose challenge file and logs are objects that can be read back. */
  readonly objects?: ObjectsSpec
  /** How many segments after the first tell one place from another; a bucket's name alone does by default. */
  readonly placeDepth?: number
}
