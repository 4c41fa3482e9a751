import { describeDestination, parseDestination } from '../../domain/destination/destination.ts'
import { uploadLimits } from '../../domain/destination/limits.ts'
import { type JsonValue, sameJson } from '../resource/json-value.ts'
import { type OutputForm, outputDefaults, outputOptionNames, outputPath } from '../resource/output-form.ts'
import type { Address, JobResource } from '../resource/resource.ts'
import type { FieldDiff } from './change.ts'
import { destinationDiff } from './compare-destination.ts'

/** Fields that cannot be changed: a job that differs there is replaced. */
export const immutableJobFields: readonly string[] = ['dataset', 'kind']

/** Where a live job differs from the wanted one. What Cloudflare fills in, leaves out or reorders is no difference. */
export function jobDiff(wanted: JobResource, live: JobResource): readonly FieldDiff[] {
  return [
    ...nameDiff(wanted, live),
    ...valueDiff('dataset', live.dataset, wanted.dataset),
    ...valueDiff('kind', live.jobKind || null, wanted.jobKind || null),
    ...valueDiff('enabled', live.enabled, wanted.enabled),
    ...destinationDiff(wanted.destinationConf, live.destinationConf),
    ...outputDiff(wanted.output, live.output),
    ...valueDiff('filter', live.filter, wanted.filter),
    ...valueDiff('filter_attack_traffic', live.filterAttackTraffic, wanted.filterAttackTraffic),
    ...uploadDiff(wanted, live),
    ...(wanted.transformerId === null
      ? []
      : valueDiff('transformer_id', live.transformerId, wanted.transformerId)),
  ]
}

/** An object that is taken over by its id may have another name, or none. */
export function nameDiff(wanted: Address, live: Address): readonly FieldDiff[] {
  return valueDiff('name', live.name || null, wanted.name || null)
}

export function newJobFields(job: JobResource): readonly FieldDiff[] {
  const { fieldNames, options, unknown } = job.output
  const defaults = outputDefaults(options.output_type)
  const fields: readonly (readonly [string, JsonValue])[] = [
    ['dataset', job.dataset],
    ['kind', job.jobKind || null],
    ['enabled', job.enabled],
    ['destination', describeDestination(job.destinationConf).redacted],
    ['output.fields', fieldNames],
    ...outputOptionNames
      .filter((name) => options[name] !== defaults[name])
      .map((name) => [outputPath(name), options[name]] as const),
    ...Object.entries(unknown).map(([name, value]) => [`output.extra.${name}`, value] as const),
    ['filter', job.filter],
    ['filter_attack_traffic', job.filterAttackTraffic || null],
    ['upload.max_bytes', job.upload.bytes || null],
    ['upload.max_records', job.upload.records || null],
    ['upload.max_interval', intervalText(job.upload.intervalSeconds)],
    ['transformer_id', job.transformerId],
  ]
  return fields.filter(([, to]) => to !== null).map(([path, to]) => ({ path, from: null, to }))
}

export function valueDiff(path: string, from: JsonValue, to: JsonValue): readonly FieldDiff[] {
  return sameJson(from, to) ? [] : [{ path, from, to }]
}

function outputDiff(wanted: OutputForm, live: OutputForm): readonly FieldDiff[] {
  const options = outputOptionNames.flatMap((name) =>
    valueDiff(outputPath(name), live.options[name], wanted.options[name]),
  )
  const extra = Object.entries(wanted.unknown).flatMap(([name, value]) =>
    valueDiff(`output.extra.${name}`, live.unknown[name] ?? null, value),
  )
  return [...fieldNamesDiff(wanted, live), ...options, ...extra]
}

function fieldNamesDiff(wanted: OutputForm, live: OutputForm): readonly FieldDiff[] {
  const { fieldNames } = wanted
  // `all` that was not looked up cannot be compared, and what is not said is not compared.
  if (fieldNames === null || fieldNames === 'all') return []
  const ordered = wanted.options.output_type === 'csv'
  const form = (names: readonly string[]) => (ordered ? names : [...new Set(names)].sort())
  const from = live.fieldNames === 'all' ? null : live.fieldNames
  return from !== null && sameJson(form(from), form(fieldNames))
    ? []
    : [{ path: 'output.fields', from, to: fieldNames }]
}

/** What Cloudflare uses when a job says nothing (its API reference, October 2026); some answers spell it out. */
const assumed = { bytes: 0, records: 100_000, intervalSeconds: 30 }

/** Limits as they work, whether an answer spells the defaults out or not. */
export function filledUpload({
  bytes,
  records,
  intervalSeconds,
}: JobResource['upload']): JobResource['upload'] {
  return {
    bytes: bytes || assumed.bytes,
    records: records || assumed.records,
    intervalSeconds: intervalSeconds || assumed.intervalSeconds,
  }
}

function uploadDiff(wanted: JobResource, live: JobResource): readonly FieldDiff[] {
  const limits = uploadLimits(parseDestination(wanted.destinationConf.reveal()))
  const diff = (path: string, name: keyof typeof assumed, shown: (limit: number) => JsonValue) => {
    const to = wanted.upload[name]
    const from = live.upload[name]
    if (limits[name] === 'fixed' || from === to || (to === 0 && from === assumed[name])) return []
    return [{ path, from: shown(from), to: shown(to) }]
  }
  return [
    ...diff('upload.max_bytes', 'bytes', (bytes) => bytes || null),
    ...diff('upload.max_records', 'records', (records) => records || null),
    ...diff('upload.max_interval', 'intervalSeconds', intervalText),
  ]
}

function intervalText(seconds: number): string | null {
  return seconds === 0 ? null : `${seconds}s`
}
