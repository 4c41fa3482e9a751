import { attackTrafficDatasets, datasetScopes, knownDatasets } from '../../domain/dataset.ts'
import { type DestinationKind, kindSpec } from '../../domain/destination/kinds.ts'
import { didYouMean, quoted } from '../../domain/positioned.ts'
import { outputOptionNames, outputPath } from '../resource/output-form.ts'
import { hasReference, parseReferences } from '../resource/reference.ts'
import { checkDestination } from './check-destination.ts'
import { checkFilter } from './check-filter.ts'
import { checkUpload } from './check-upload.ts'
import { expectedName } from './job-name.ts'
import type { OutputValue } from './job-schema.ts'
import { checkVariables, sampled, withDataset } from './job-variables.ts'
import type { Report } from './report.ts'
import type { JobValue, ScopeValue, ZonesValue } from './schema.ts'
import type { Path } from './tree.ts'

/** Checks what the schema cannot say of one job. `path` leads to the job. */
export function checkJob(report: Report, job: JobValue, path: Path): void {
  checkScope(report, job, path)
  checkVariables(report, job, path)
  checkName(report, job, [...path, 'name'])
  checkDataset(report, job, path)
  const kind = checkDestination(report, job.destination, [...path, 'destination'])
  if (kind !== null) {
    if (job.upload !== undefined) checkUpload(report, job.upload, kind, [...path, 'upload'])
    checkOwnership(report, job, kind, path)
  }
  if (job.output !== undefined) checkOutput(report, job.output, [...path, 'output'])
  checkTransformer(report, job, path)
  if (job.filter !== undefined) checkFilter(report, job.filter, job.dataset, [...path, 'filter'])
}

/** The name as it will be, but for the zone and the account, which no manifest knows. */
function checkName(report: Report, { name, dataset }: JobValue, path: Path): void {
  // A reference in it is reported for itself.
  if (hasReference(name) || 'mistake' in parseReferences(name)) return
  const text = sampled(withDataset(name, dataset))
  const expected = expectedName(text)
  // A live job may have it all the same: plan refuses it where it would be new.
  if (expected !== null) report.warn(path, `expected ${expected}: Cloudflare refuses such a name`)
  else if (text.includes('_')) {
    report.warn(path, 'Cloudflare documents no underscores in names of jobs, and may refuse this one')
  }
}

/** A job, or an entry of `scopes`: in the account or in one zone. */
export function checkScope(
  report: Report,
  { scope, zone, zones }: Pick<ScopeValue, 'scope' | 'zone' | 'zones'>,
  path: Path,
): void {
  if (zones !== undefined) checkZones(report, zones, [...path, 'zones'])
  const given = Object.entries({ scope, zone, zones }).filter(([, value]) => value !== undefined)
  if (given.length === 1) return
  const what = given.length === 0 ? 'none of them' : given.map(([key]) => key).join(' and ')
  report.error(path, `expected one of "scope: account", "zone: NAME" or "zones: …", found ${what}`)
}

function checkZones(report: Report, zones: ZonesValue, path: Path): void {
  if (zones === 'all') return
  const { include, exclude } = Array.isArray(zones) ? { include: zones } : zones
  if (include === undefined && exclude === undefined) {
    report.error(path, 'expected include or exclude, found neither')
  }
  if (Array.isArray(include) && include.length === 0) {
    const here = Array.isArray(zones) ? path : [...path, 'include']
    report.error(here, 'expected at least one zone, found none')
  }
}

function checkDataset(report: Report, job: JobValue, path: Path): void {
  const { dataset } = job
  if (
    hasReference(dataset) ||
    (job.scope === undefined) === (job.zone === undefined && job.zones === undefined)
  )
    return
  const scopes = datasetScopes(dataset)
  const here = job.scope === undefined ? 'zone' : 'account'
  if (scopes === null) {
    const hint = didYouMean(dataset, knownDatasets)
    report.warn([...path, 'dataset'], `unknown dataset ${quoted(dataset)}${hint}`)
  } else if (!scopes.includes(here)) {
    report.warn(
      [...path, 'dataset'],
      `${dataset} is a dataset of the ${scopes.join(', ')}, not of the ${here}`,
    )
  }
  const onlyZoneRequests = dataset === 'http_requests' && here === 'zone'
  if (job.kind === 'edge' && !onlyZoneRequests) {
    report.warn([...path, 'kind'], 'edge is only for http_requests of a zone')
  }
  if (job.output?.merge_subrequests === true && !onlyZoneRequests) {
    report.warn([...path, 'output', 'merge_subrequests'], 'is only for http_requests of a zone')
  }
  if (job.filter_attack_traffic === true && !attackTrafficDatasets.includes(dataset)) {
    report.warn([...path, 'filter_attack_traffic'], `is only for ${attackTrafficDatasets.join(', ')}`)
  }
}

function checkOwnership(report: Report, job: JobValue, kind: DestinationKind | 'url', path: Path): void {
  const given = job.ownership
  const here = [...path, 'ownership']
  if (given !== undefined && (given.read === undefined) === (given.token === undefined)) {
    const what = given.read === undefined ? 'neither' : 'both'
    report.error(here, `expected either read or token, found ${what}`)
  }
  if (kind === 'url') return
  const { challenge } = kindSpec(kind)
  const hasKeys = kind === 's3' && JSON.stringify(job.destination).includes('"access_key_id"')
  const asks = challenge === 'always' || (challenge === 'without keys' && !hasKeys)
  if (given !== undefined && !asks) {
    report.warn(here, `is not needed: Cloudflare requires no proof of ownership for this ${kind} destination`)
  }
  if (kind === 'sumo_logic' && given?.token === undefined) {
    report.warn(
      path,
      'a new sumo_logic destination needs ownership: { token: … }: its challenge is a log line, which only you can read',
    )
  }
}

function checkTransformer(report: Report, job: JobValue, path: Path): void {
  if (job.transformer === undefined && job.transformer_id === undefined) return
  if (job.transformer !== undefined && job.transformer_id !== undefined) {
    report.error(path, 'expected either transformer or transformer_id, found both')
  }
  // Not an error: a live job may have both, and must be importable as it is.
  if (job.output?.output_type === 'csv') {
    report.warn([...path, 'output', 'output_type'], 'expected ndjson: transformers read nothing else')
  }
}

const timestampFormats = ['unixnano', 'unix', 'rfc3339', 'rfc3339ms', 'rfc3339ns']

function checkOutput(report: Report, output: OutputValue, path: Path): void {
  const { fields, timestamp_format: format } = output
  if (Array.isArray(fields)) {
    if (fields.length === 0) report.error([...path, 'fields'], 'expected at least one field, found none')
    for (const [index, name] of fields.entries()) {
      if (fields.indexOf(name) < index)
        report.error([...path, 'fields', index], `${quoted(name)} is listed twice`)
    }
  }
  if (format !== undefined && !timestampFormats.includes(format)) {
    const hint = didYouMean(format, timestampFormats)
    report.error(
      [...path, 'timestamp_format'],
      `expected one of ${timestampFormats.join(', ')}, found ${quoted(format)}${hint}`,
    )
  }
  for (const name of Object.keys(output.extra ?? {})) {
    const known = outputOptionNames.find((option) => option === name)
    if (name === 'field_names' || known !== undefined) {
      const key = known === undefined ? 'fields' : outputPath(known).replace('output.', '')
      report.error([...path, 'extra', name], `has its own key: write it as output.${key}`)
    }
  }
  if (output.record_template !== undefined && output.field_delimiter !== undefined) {
    report.warn([...path, 'field_delimiter'], 'is ignored with a record_template')
  }
}
