import { isRecord, type JsonRecord, textField } from '../api/json-shape.ts'
import { simErrors } from '../api/sim-error.ts'
import { datasetFields } from '../world/datasets.ts'
import type { ScopeRef } from '../world/world-spec.ts'

const ranges = {
  max_upload_bytes: [5_000_000, 1_000_000_000],
  max_upload_records: [1_000, 1_000_000],
  max_upload_interval_seconds: [30, 300],
} as const

const outputDefaults = {
  'CVE-2021-44228': false,
  output_type: 'ndjson',
  sample_rate: 1,
  timestamp_format: 'unixnano',
}

const passedThrough = [
  'name',
  'frequency',
  'logpull_options',
  'filter_attack_traffic',
  'transformer_id',
] as const

/**
 * The fields of a job that a create or update sets, checked and as they come back: `output_options`
 * filled in, the filter rewritten. Throws what Cloudflare answers when something is wrong.
 */
export function jobFieldsOf(body: JsonRecord, dataset: string, scope: ScopeRef): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const name of passedThrough) if (body[name] !== undefined) fields[name] = body[name]
  for (const [name, [least, most]] of Object.entries(ranges)) {
    const value = body[name]
    if (value === undefined) continue
    const fits =
      value === null || value === 0 || (typeof value === 'number' && value >= least && value <= most)
    if (!fits) throw simErrors.invalid(`${name} must be 0 or between ${least} and ${most}`)
    fields[name] = value
  }
  if (body.output_options !== undefined)
    fields.output_options = outputOptions(body.output_options, dataset, scope)
  if (body.filter !== undefined) fields.filter = filter(textField(body, 'filter') ?? '')
  return fields
}

function outputOptions(value: unknown, dataset: string, scope: ScopeRef): object | null {
  if (value === null) return null
  if (!isRecord(value)) throw simErrors.invalid('output_options must be an object')
  const known = datasetFields(dataset, scope.kind) ?? []
  const names: readonly unknown[] = Array.isArray(value.field_names) ? value.field_names : []
  const unknown = names.filter((name) => typeof name !== 'string' || !known.includes(name))
  if (unknown.length > 0)
    throw simErrors.invalid(`unknown field(s) for dataset ${dataset}: ${unknown.join(', ')}`)
  const rate = value.sample_rate
  if (rate !== undefined && !(typeof rate === 'number' && rate > 0 && rate <= 1))
    throw simErrors.invalid('sample_rate must be greater than 0 and at most 1')
  if (value.merge_subrequests === true && dataset !== 'http_requests')
    throw simErrors.invalid('merge_subrequests is only available for http_requests')
  return { ...outputDefaults, ...value }
}

function filter(text: string): string | null {
  if (text === '') return null
  if (text.length > 1_000) throw simErrors.invalid('filter is longer than 1000 bytes')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw simErrors.invalid('error parsing filter: invalid JSON')
  }
  if (!isRecord(parsed) || !isRecord(parsed.where))
    throw simErrors.invalid('error parsing filter: missing where')
  return JSON.stringify(parsed)
}

/** The dataset of a new job: it must exist in that kind of scope. */
export function newDataset(body: JsonRecord, scope: ScopeRef): string {
  const dataset = textField(body, 'dataset') ?? 'http_requests'
  if (datasetFields(dataset, scope.kind) === null)
    throw simErrors.invalid(`dataset ${dataset} is not available for ${scope.kind}s`)
  return dataset
}

/** The kind of a new job: plain, or `edge` where that exists. */
export function newKind(body: JsonRecord, dataset: string, scope: ScopeRef): string {
  const kind = textField(body, 'kind') ?? ''
  if (kind !== '' && kind !== 'edge') throw simErrors.invalid(`unknown kind ${kind}`)
  if (kind === 'edge' && (dataset !== 'http_requests' || scope.kind !== 'zone'))
    throw simErrors.invalid('kind edge is only available for http_requests')
  return kind
}
