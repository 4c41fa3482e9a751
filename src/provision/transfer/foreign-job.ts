import type { JobRecord, OutputOptions } from '../../domain/job/job.ts'
import { isObject } from '../../domain/plain-value.ts'
import type { Scope } from '../../domain/scope.ts'
import { Secret } from '../../domain/secret.ts'
import { actualJob } from '../resource/live-resource.ts'
import type { PortableJob } from './portable.ts'
import { portableJob } from './portable-live.ts'

/*
 * A job as other tools write it: the names of Cloudflare's API, with the habits of Terraform's providers (options
 * as a list of one, numbers as texts, empty for absent).
 */

export type Fields = Readonly<Record<string, unknown>>

/** Null when there is no `destination_conf`: without it there is no job. */
export function foreignJob(scope: Scope, name: string, fields: Fields): PortableJob | null {
  const conf = textOf(fields.destination_conf)
  if (conf === null) return null
  const id = textOf(fields.id)
  const live: JobRecord = {
    id: id ?? '',
    name,
    dataset: textOf(fields.dataset) ?? 'http_requests',
    kind: textOf(fields.kind) ?? '',
    enabled: fields.enabled === true || fields.enabled === 'true',
    destinationConf: new Secret(conf),
    lastComplete: null,
    lastError: null,
    errorMessage: null,
    filter: isObject(fields.filter) ? JSON.stringify(fields.filter) : textOf(fields.filter),
    filterAttackTraffic: fields.filter_attack_traffic === true,
    frequency: textOf(fields.frequency),
    logpullOptions: textOf(fields.logpull_options),
    outputOptions: outputOptions(fields.output_options),
    maxUploadBytes: numberOf(fields.max_upload_bytes),
    maxUploadRecords: numberOf(fields.max_upload_records),
    maxUploadIntervalSeconds: numberOf(fields.max_upload_interval_seconds),
    transformerId: numberOf(fields.transformer_id),
  }
  const hadChallenge = textOf(fields.ownership_challenge) !== null
  return { ...portableJob(actualJob(scope, live)), id, hadChallenge }
}

/** Null for what is not there, an empty text included. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number !== 0 ? number : null
}

/** The option's name differs from version to version of the provider; version 4 lost a digit. */
const log4j = /^cve[_-]?2021[_-]?(?:44228|4428)$/i

function outputOptions(value: unknown): OutputOptions | null {
  const options: unknown = Array.isArray(value) ? value[0] : value
  if (!isObject(options)) return null
  const said = Object.entries(options).filter(([, option]) => option !== null)
  return said.length === 0
    ? null
    : Object.fromEntries(said.map(([name, option]) => [log4j.test(name) ? 'CVE-2021-44228' : name, option]))
}
