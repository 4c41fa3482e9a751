import { parseDestination } from '../../domain/destination/destination.ts'
import { uploadLimits } from '../../domain/destination/limits.ts'
import { formatBytes } from '../manifest/units.ts'
import type { JsonValue } from '../resource/json-value.ts'
import { type OutputForm, outputDefaults, outputOptionNames, outputPath } from '../resource/output-form.ts'
import type { JobResource } from '../resource/resource.ts'
import type { Adoption } from './addressable.ts'
import type { Placeholders } from './placeholders.ts'
import { type DestinationForm, destinationValue } from './portable-destination.ts'

/** A mapping of a manifest, ready to be written. */
export type Mapping = Readonly<Record<string, JsonValue>>

/** A job as a manifest writes it; what needs no word is left out. */
export function jobValue(
  job: JobResource,
  names: Placeholders,
  { form, adopt }: { readonly form: DestinationForm; readonly adopt: Adoption },
): Mapping {
  const output = outputValue(job.output)
  const upload = uploadValue(job)
  return {
    name: job.name,
    ...(job.scope.kind === 'account' ? { scope: 'account' } : { zone: job.scope.name || job.scope.id }),
    dataset: job.dataset,
    ...(job.jobKind === '' ? {} : { kind: job.jobKind }),
    enabled: job.enabled,
    destination: destinationValue(job, names, form),
    ...(Object.keys(output).length === 0 ? {} : { output }),
    ...(job.filter === null ? {} : { filter: job.filter }),
    ...(job.filterAttackTraffic ? { filter_attack_traffic: true } : {}),
    ...(Object.keys(upload).length === 0 ? {} : { upload }),
    ...(job.transformerId === null ? {} : { transformer_id: job.transformerId }),
    ...(adopt === null ? {} : { adopt }),
  }
}

function outputValue({ fieldNames, options }: OutputForm): Mapping {
  const defaults = outputDefaults(options.output_type)
  // A manifest names each field once; where that makes a difference, as in CSV, reading it back shows it.
  const once = Array.isArray(fieldNames) ? [...new Set(fieldNames)] : fieldNames
  const said = outputOptionNames
    .filter((name) => options[name] !== defaults[name])
    .map((name) => [outputPath(name).replace('output.', ''), options[name]])
  return { ...(once === null ? {} : { fields: once }), ...Object.fromEntries(said) }
}

function uploadValue({ upload, destinationConf }: JobResource): Mapping {
  const limits = uploadLimits(parseDestination(destinationConf.reveal()))
  const says = (name: 'bytes' | 'records' | 'intervalSeconds') =>
    upload[name] !== 0 && limits[name] !== 'fixed'
  return {
    ...(says('intervalSeconds') ? { max_interval: `${upload.intervalSeconds}s` } : {}),
    ...(says('records') ? { max_records: upload.records } : {}),
    ...(says('bytes') ? { max_bytes: byteSize(upload.bytes) } : {}),
  }
}

function byteSize(bytes: number): JsonValue {
  const text = formatBytes(bytes)
  return /^\d+$/.test(text) ? bytes : text
}
