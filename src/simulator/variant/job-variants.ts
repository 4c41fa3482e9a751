import { isRecord, type JsonRecord, mapValues } from '../api/json-shape.ts'
import { changed, ofEach, type Variant, withMore, without } from './variant.ts'

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
  const options = mapValues(job.output_options, (value) => (saysNothing(value) ? null : value))
  return { ...job, output_options: options }
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
  ...changed(shown, 'nothing', {
    'jobs/2021': [
      'leaves out kind, frequency and other newer fields where they say nothing, as recorded in 2021',
      ofEach((job) => without(job, (value, name) => newerFields.has(name) && saysNothing(value))),
    ],
    'jobs/2025': [
      'adds time_created and leaves out an empty output_options, as recorded in 2025',
      ofEach((job) => ({
        ...without(job, (value, name) => name === 'output_options' && value === null),
        time_created: '2025-03-04T05:06:07.123456Z',
      })),
    ],
    'jobs/empty-values': [
      'writes what is not set as "" or 0',
      ofEach((job) =>
        mapValues(job, (value, name) => (value === null && name in emptied ? emptied[name] : value)),
      ),
    ],
    'jobs/nulls': [
      'writes what is "" or 0 as null, within output_options too',
      ofEach((job) =>
        optionNulls(
          mapValues(job, (value, name) =>
            name !== 'kind' && name !== 'destination_conf' && (value === '' || value === 0) ? null : value,
          ),
        ),
      ),
    ],
    'jobs/filled-options': [
      'fills output_options in with every default',
      ofEach((job) =>
        isRecord(job.output_options)
          ? { ...job, output_options: { ...filledOptions, ...job.output_options } }
          : job,
      ),
    ],
    'jobs/microseconds': [
      'tells times to the microsecond',
      ofEach((job) => ({
        ...job,
        last_complete: microseconds(job.last_complete),
        last_error: microseconds(job.last_error),
      })),
    ],
  }),
  ...changed(listed, 'nothing', {
    'jobs/old-neighbour': [
      'lists a job as people made them in 2021: instant-logs, logpull_options, a filter without where',
      withMore({
        ...foreign,
        kind: 'instant-logs',
        logpull_options: 'fields=RayID,ClientIP&timestamps=rfc3339',
        filter: '{"key":"ClientIP","operator":"eq","value":"192.0.2.1"}',
      }),
    ],
    'jobs/odd-fields': [
      'lists a job whose optional fields have types that nobody expects',
      withMore({
        ...foreign,
        max_upload_bytes: '5000000',
        output_options: [],
        transformer_id: {},
        error_message: { reason: 'denied' },
        filter: [],
        logpull_options: {},
        last_complete: 1_700_000_000,
      }),
    ],
  }),
  ...changed(listed, 'itself', {
    'jobs/unreadable': [
      'lists a job without an id, one whose enabled is a text, and something that is no job',
      withMore({ ...foreign, id: null }, { ...foreign, enabled: 'true' }, 'job 1'),
    ],
  }),
]
