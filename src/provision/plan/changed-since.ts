import { plainId } from '../../domain/notification/object-id.ts'
import { Secret } from '../../domain/secret.ts'
import { canonicalJson, isJsonValue } from '../resource/json-value.ts'
import type { Actual, ActualJob, ActualPolicy } from '../resource/resource.ts'
import { filledUpload } from './compare-job.ts'

/**
 * Names of the parts of a live object that differ from how it was read before. What Cloudflare changes by itself while
 * a job runs is none of them, and neither is what it writes in another way: an answer about one object may fill in
 * defaults or leave out the dashes of ids where the list does not.
 */
export function changedSince(before: Actual, now: Actual): readonly string[] {
  const old = new Map(Object.entries(partsOf(before)))
  const current = new Map(Object.entries(partsOf(now)))
  const names = new Set([...old.keys(), ...current.keys()])
  return [...names].filter((name) => !same(old.get(name), current.get(name))).sort()
}

function partsOf(actual: Actual): Readonly<Record<string, unknown>> {
  if (actual.kind === 'job') return jobParts(actual)
  if (actual.kind === 'policy') return policyParts(actual)
  const { name, url, type } = actual.live
  return { name, url, type }
}

function jobParts({ resource }: ActualJob): Readonly<Record<string, unknown>> {
  const { name, dataset, jobKind, enabled, destinationConf, output, filter } = resource
  const { bytes, records, intervalSeconds } = filledUpload(resource.upload)
  return {
    name,
    dataset,
    kind: jobKind,
    enabled,
    destinationConf,
    outputOptions: output,
    filter,
    filterAttackTraffic: resource.filterAttackTraffic,
    maxUploadBytes: bytes,
    maxUploadRecords: records,
    maxUploadIntervalSeconds: intervalSeconds,
    transformerId: resource.transformerId,
  }
}

function policyParts({ live }: ActualPolicy): Readonly<Record<string, unknown>> {
  const { name, description, enabled, alertType, mechanisms, filters, alertInterval } = live
  return {
    name,
    description,
    enabled,
    alertType,
    mechanisms: {
      email: mechanisms.email.toSorted(),
      webhooks: mechanisms.webhooks.map(plainId).toSorted(),
      pagerduty: mechanisms.pagerduty.map(plainId).toSorted(),
    },
    filters: filters ?? {},
    alertInterval,
  }
}

function same(a: unknown, b: unknown): boolean {
  if (a instanceof Secret && b instanceof Secret) return a.equals(b)
  if (isJsonValue(a) && isJsonValue(b)) return canonicalJson(a) === canonicalJson(b)
  return a === b
}
