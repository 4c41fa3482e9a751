import { isRecord, type JsonRecord } from '../api/json-shape.ts'
import { ofEach, type Variant, withMore, without } from './variant.ts'

const shown = ['list_jobs', 'get_job', 'create_job', 'update_job']
const listed = ['list_jobs']

const newerFields = new Set([
  'kind',
  'frequency',
  'output_options',
  'filter',
  'filter_attack_traffic',
  'transformer_id',
  'max_upload_bytes',
  'max_upload_records',
  'max_upload_interval_seconds',
])

const saysNothing = (value: unknown): boolean =>
  value === null || value === '' || value === 0 || value === false || value === 'high'

/** A job of somebody else, to stand beside ours. */
const foreign = {
  id: 1,
  name: 'made by hand in 2021',
  dataset: 'http_requests',
  enabled: false,
  destination_conf: 's3://legacy-logs/http/{DATE}?region=us-east-1',
  last_complete: null,
  last_error: null,
  error_message: null,
}

const emptied: Readonly<Record<string, unknown>> = {
  filter: '',
  logpull_options: '',
  max_upload_bytes: 0,
  max_upload_records: 0,
  max_upload_interval_seconds: 0,
  error_message: '',
  last_complete: '',
  last_error: '',
}

function optionNulls(job: JsonRecord): JsonRecord {
  if (!isRecord(job.output_options)) return job
  const options = Object.entries(job.output_options).map(([name, value]) => [
    name,
    saysNothing(value) ? null : value,
  ])
  return { ...job, output_options: Object.fromEntries(options) }
}

const filledOptions = {
  'CVE-2021-44228': false,
  batch_prefix: '',
  batch_suffix: '',
  field_delimiter: ',',
  output_type: 'ndjson',
  record_delimiter: '',
  record_prefix: '{',
  record_suffix: '}\n',
  record_template: '',
  sample_rate: 1,
  timestamp_format: 'unixnano',
}

function microseconds(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/Z$/, '.123456Z') : value
}

/** Forms of Logpush jobs. */
export const jobVariants: readonly Variant[] = [
  {
    name: 'jobs/2021',
    of: shown,
    cost: 'nothing',
    does: 'leaves out kind, frequency and other newer fields where they say nothing, as recorded in 2021',
    change: ofEach((job) => without(job, (value, name) => newerFields.has(name) && saysNothing(value))),
  },
  {
    name: 'jobs/2025',
    of: shown,
    cost: 'nothing',
    does: 'adds time_created and leaves out an empty output_options, as recorded in 2025',
    change: ofEach((job) => ({
      ...without(job, (value, name) => name === 'output_options' && value === null),
      time_created: '2025-03-04T05:06:07.123456Z',
    })),
  },
  {
    name: 'jobs/empty-values',
    of: shown,
    cost: 'nothing',
    does: 'writes what is not set as "" or 0',
    change: ofEach((job) =>
      Object.fromEntries(
        Object.entries(job).map(([name, value]) => [
          name,
          value === null && name in emptied ? emptied[name] : value,
        ]),
      ),
    ),
  },
  {
    name: 'jobs/nulls',
    of: shown,
    cost: 'nothing',
    does: 'writes what is "" or 0 as null, within output_options too',
    change: ofEach((job) =>
      optionNulls(
        Object.fromEntries(
          Object.entries(job).map(([name, value]) => [
            name,
            name !== 'kind' && name !== 'destination_conf' && (value === '' || value === 0) ? null : value,
          ]),
        ),
      ),
    ),
  },
  {
    name: 'jobs/filled-options',
    of: shown,
    cost: 'nothing',
    does: 'fills output_options in with every default',
    change: ofEach((job) =>
      isRecord(job.output_options)
        ? { ...job, output_options: { ...filledOptions, ...job.output_options } }
        : job,
    ),
  },
  {
    name: 'jobs/microseconds',
    of: shown,
    cost: 'nothing',
    does: 'tells times to the microsecond',
    change: ofEach((job) => ({
      ...job,
      last_complete: microseconds(job.last_complete),
      last_error: microseconds(job.last_error),
    })),
  },
  {
    name: 'jobs/old-neighbour',
    of: listed,
    cost: 'nothing',
    does: 'lists a job as people made them in 2021: instant-logs, logpull_options, a filter without where',
    change: withMore({
      ...foreign,
      kind: 'instant-logs',
      logpull_options: 'fields=RayID,ClientIP&timestamps=rfc3339',
      filter: '{"key":"ClientIP","operator":"eq","value":"192.0.2.1"}',
    }),
  },
  {
    name: 'jobs/odd-fields',
    of: listed,
    cost: 'nothing',
    does: 'lists a job whose optional fields have types that nobody expects',
    change: withMore({
      ...foreign,
      max_upload_bytes: '5000000',
      output_options: [],
      transformer_id: {},
      error_message: { reason: 'denied' },
      filter: [],
      logpull_options: {},
      last_complete: 1_700_000_000,
    }),
  },
  {
    name: 'jobs/unreadable',
    of: listed,
    cost: 'itself',
    does: 'lists a job without an id, one whose enabled is a text, and something that is no job',
    change: withMore({ ...foreign, id: null }, { ...foreign, enabled: 'true' }, 'job 1'),
  },
]
