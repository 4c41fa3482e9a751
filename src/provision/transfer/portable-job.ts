import { parseDestination } from '../../domain/destination/destination.ts'
import { uploadLimits } from '../../domain/destination/limits.ts'
import { formatBytes } from '../manifest/units.ts'
import type { JsonValue } from '../resource/json-value.ts'
import { type OutputForm, outputDefaults, outputOptionNames, outputPath } from '../resource/output-form.ts'
import type { JobResource } from '../resource/resource.ts'
import type { Adoption } from './addressable.ts'
import type { Placeholders } from './placeholders.ts'
import { type DestinationForm, destinationValue } from './portable-destination.ts'

export type Mapping = Readonly<Record<string, JsonValue>>

/** A job as a manifest writes it; what needs no word is left out. */
export function jobValue(
  job: JobResource,
  names: Placeholders,
  { form, adopt }: { readonly form: DestinationForm; readonly adopt: Adoption },
): Mapping {
  return {
    name: job.name,
    ...(job.scope.kind === 'account' ? { scope: 'account' } : { zone: job.scope.name || job.scope.id }),
    dataset: job.dataset,
    ...said({ kind: job.jobKind }),
    enabled: job.enabled,
    destination: destinationValue(job, names, form),
    ...said({
      output: outputValue(job.output),
      filter: job.filter,
      filter_attack_traffic: job.filterAttackTraffic || null,
      upload: uploadValue(job),
      transformer_id: job.transformerId,
      adopt,
    }),
  }
}

/** The entries that say something: those without a value, and empty ones, go without saying. */
export function said(entries: Mapping): Mapping {
  const isEmpty = (value: JsonValue) =>
    value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => !isEmpty(value)))
}

function outputValue({ fieldNames, options }: OutputForm): Mapping {
  const defaults = outputDefaults(options.output_type)
  // A manifest names each field once; where that makes a difference, as in CSV, reading it back shows it.
  const once = Array.isArray(fieldNames) ? [...new Set(fieldNames)] : fieldNames
  const changed = outputOptionNames
    .filter((name) => options[name] !== defaults[name])
    .map((name) => [outputPath(name).replace('output.', ''), options[name]])
  return { ...said({ fields: once }), ...Object.fromEntries(changed) }
}

function uploadValue({ upload: { bytes, records, intervalSeconds }, destinationConf }: JobResource): Mapping {
  const limits = uploadLimits(parseDestination(destinationConf.reveal()))
  return said({
    max_interval: intervalSeconds === 0 || limits.intervalSeconds === 'fixed' ? null : `${intervalSeconds}s`,
    max_records: records === 0 || limits.records === 'fixed' ? null : records,
    max_bytes: bytes === 0 || limits.bytes === 'fixed' ? null : byteSize(bytes),
  })
}

function byteSize(bytes: number): JsonValue {
  const text = formatBytes(bytes)
  return /^\d+$/.test(text) ? bytes : text
}
