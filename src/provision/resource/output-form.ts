import type { OutputOptions } from '../../domain/job/job.ts'
import { isJsonValue, type JsonValue } from './json-value.ts'

/*
 * `output_options` in one form, so that what the API fills in, leaves out or writes as an empty text is
 * never a difference.
 */

/** The options we know by their names in the API; those of `field_names` stand apart. */
export const outputOptionNames = [
  'output_type',
  'timestamp_format',
  'sample_rate',
  'batch_prefix',
  'batch_suffix',
  'record_prefix',
  'record_suffix',
  'record_template',
  'record_delimiter',
  'field_delimiter',
  'CVE-2021-44228',
  'merge_subrequests',
  'stringify_object',
] as const

export type OutputOptionName = (typeof outputOptionNames)[number]
export type OptionValue = string | number | boolean

export interface OutputForm {
  /** `all`: every field of the dataset, not looked up yet. Null: not said, so whatever is there is right. */
  readonly fieldNames: readonly string[] | 'all' | null
  readonly options: Readonly<Record<OutputOptionName, OptionValue>>
  /** Options that are newer than this program. Of a live job's, those that nobody wants are kept and not compared. */
  readonly unknown: Readonly<Record<string, JsonValue>>
}

/** What Cloudflare does when an option is not given; prefix and suffix of a record depend on the type. */
export function outputDefaults(outputType: OptionValue): Readonly<Record<OutputOptionName, OptionValue>> {
  const csv = outputType === 'csv'
  return {
    output_type: 'ndjson',
    timestamp_format: 'unixnano',
    sample_rate: 1,
    batch_prefix: '',
    batch_suffix: '',
    record_prefix: csv ? '' : '{',
    record_suffix: csv ? '\n' : '}\n',
    record_template: '',
    record_delimiter: '',
    field_delimiter: ',',
    'CVE-2021-44228': false,
    merge_subrequests: false,
    stringify_object: false,
  }
}

/** Fills in the defaults; an empty text, zero or null counts as not given, as the API leaves such out. */
export function outputForm(
  fieldNames: OutputForm['fieldNames'],
  given: Readonly<Partial<Record<OutputOptionName, unknown>>>,
  unknown: OutputForm['unknown'] = {},
): OutputForm {
  const options = { ...outputDefaults(given.output_type === 'csv' ? 'csv' : 'ndjson') }
  for (const name of outputOptionNames) {
    const value = given[name]
    if (isOption(value) && value !== '' && value !== 0) options[name] = value
  }
  return { fieldNames, options, unknown }
}

function isOption(value: unknown): value is OptionValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** The form of what a live job says; null is what a job without output options does. */
export function liveOutputForm(live: OutputOptions | null): OutputForm {
  const { field_names: names, ...rest } = live ?? {}
  const fields = Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
  const known = new Set<string>(outputOptionNames)
  const unknown = Object.entries(rest).flatMap(([name, value]): [string, JsonValue][] =>
    known.has(name) || !isJsonValue(value) || value === null ? [] : [[name, value]],
  )
  return outputForm(fields.length === 0 ? null : fields, rest, Object.fromEntries(unknown))
}

/** The body to send. `live` gives what the desired form does not say. Options go as a whole: what is left out is reset. */
export function outputBody(desired: OutputForm, live: OutputForm | null): OutputOptions {
  const defaults = outputDefaults(desired.options.output_type)
  const set = outputOptionNames
    .filter((name) => desired.options[name] !== defaults[name])
    .map((name) => [name, desired.options[name]])
  const said = desired.fieldNames === 'all' ? null : desired.fieldNames
  const liveNames = live?.fieldNames === 'all' ? null : live?.fieldNames
  const names = said ?? liveNames ?? null
  return {
    ...live?.unknown,
    ...desired.unknown,
    ...(names === null ? {} : { field_names: names }),
    ...Object.fromEntries(set),
  }
}

export function outputPath(name: OutputOptionName): string {
  return `output.${name.toLowerCase().replaceAll('-', '_')}`
}
