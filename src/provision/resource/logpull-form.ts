import type { OutputOptions } from '../../domain/job/job.ts'

/** `logpull_options`, which `output_options` replaced, as output options; null when they say nothing. */
export function outputOfLogpull(text: string | null): OutputOptions | null {
  const said = new URLSearchParams(text ?? '')
  const fields = (said.get('fields') ?? '').split(',').filter((name) => name !== '')
  const timestamps = said.get('timestamps')
  const sample = Number(said.get('sample') ?? '')
  const log4j = said.get('CVE-2021-44228') === 'true'
  const options: OutputOptions = {
    ...(fields.length === 0 ? {} : { field_names: fields }),
    ...(timestamps === null || timestamps === '' ? {} : { timestamp_format: timestamps }),
    ...(sample > 0 && sample <= 1 ? { sample_rate: sample } : {}),
    ...(log4j ? { 'CVE-2021-44228': true } : {}),
  }
  return Object.keys(options).length === 0 ? null : options
}
