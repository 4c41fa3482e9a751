import * as z from 'zod'
import { filterOperators } from '../resource/filter-form.ts'
import { refFile } from '../resource/reference.ts'
import { anyText, flag, listOf, mapping, oneOf, secretly, text } from './field.ts'

/* What a job says besides where it belongs and where its logs go. */

type Comparable = string | number | boolean

export interface ClauseValue {
  readonly key?: string | undefined
  readonly operator?: (typeof filterOperators)[number] | undefined
  readonly value?: Comparable | Comparable[] | undefined
  readonly and?: ClauseValue[] | undefined
  readonly or?: ClauseValue[] | undefined
}

export const clause: z.ZodType<ClauseValue> = mapping(
  'a condition { key, operator, value }, or { and: […] } or { or: […] }',
  'A condition, or several.',
  {
    key: text('the name of a field', 'Field of the dataset.').optional(),
    operator: oneOf('Comparison operator.', filterOperators).optional(),
    value: z
      .union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))], {
        error: 'a text, a number, true or false, or a list of these',
      })
      .optional()
      .meta({ description: 'Value to compare with; a list for in and !in.' }),
    get and() {
      return listOf('a list of conditions', 'All of these must hold.', clause).optional()
    },
    get or() {
      return listOf('a list of conditions', 'At least one of these must hold.', clause).optional()
    },
  },
)

const fieldsPhrase = 'all, or a list of field names'
const sharePhrase = 'a number above 0 and not above 1'

export const output = mapping('a mapping of output options', 'Fields to send, and their format.', {
  fields: z
    .union(
      [
        z.literal('all', { error: fieldsPhrase }),
        z.array(text('the name of a field', 'Field of the dataset.'), { error: fieldsPhrase }),
      ],
      { error: fieldsPhrase },
    )
    .optional()
    .meta({ description: 'Fields to send; "all" is every field the dataset has today.' }),
  output_type: oneOf('Format of the batches.', ['ndjson', 'csv']).optional(),
  timestamp_format: text(
    'a timestamp format',
    'unixnano (default), unix, rfc3339, rfc3339ms or rfc3339ns.',
  ).optional(),
  sample_rate: z
    .number({ error: sharePhrase })
    .gt(0, { error: sharePhrase })
    .lte(1, { error: sharePhrase })
    .optional()
    .meta({ description: 'Share of the records to send, after the filter.' }),
  batch_prefix: anyText('Text before each batch.').optional(),
  batch_suffix: anyText('Text after each batch.').optional(),
  record_prefix: anyText('Text before each record.').optional(),
  record_suffix: anyText('Text after each record.').optional(),
  record_template: anyText('Go template of a record; the fields it names must be in fields too.').optional(),
  record_delimiter: anyText('Text between records.').optional(),
  field_delimiter: anyText('Text between fields; ignored with a record_template.').optional(),
  cve_2021_44228: flag('Whether to mask strings that Log4j would evaluate (CVE-2021-44228).').optional(),
  merge_subrequests: flag(
    'Whether to merge subrequests into their request; http_requests of a zone only.',
  ).optional(),
  stringify_object: flag('Whether to write objects as strings.').optional(),
  extra: z
    .record(z.string(), z.json(), { error: 'a mapping of options' })
    .optional()
    .meta({ description: 'Options that are newer than this program, named as in the API.' }),
})

const bytesPhrase = 'a size such as 50MB, or a whole number of bytes'
export const upload = mapping(
  'a mapping of upload limits',
  'When a batch is complete. Omitted limits use the defaults of Cloudflare.',
  {
    max_interval: text('a duration such as 60s', 'Maximum time between uploads, such as 60s.').optional(),
    max_records: z
      .number({ error: 'a whole number of records' })
      .int({ error: 'a whole number of records' })
      .optional()
      .meta({ description: 'Maximum records per batch.' }),
    max_bytes: z
      .union([z.number({ error: bytesPhrase }), z.string({ error: bytesPhrase })], { error: bytesPhrase })
      .optional()
      .meta({ description: 'Maximum uncompressed batch size, such as 50MB.' }),
  },
)

export const ownership = mapping(
  'a mapping: { read: … } or { token: … }',
  'How to prove ownership of the destination.',
  {
    read: oneOf('Read the challenge file from the destination.', ['s3', 'r2', 'gcs', 'azure']).optional(),
    token: text(`a reference such as ${refFile}`, `Token read by hand. ${secretly}`).optional(),
  },
)

export type OutputValue = z.output<typeof output>
