import { describeDestination } from '../../domain/destination/destination.ts'
import { parseQuery, splitConf } from '../../domain/destination/text.ts'
import { matchesGlob } from '../../domain/glob.ts'
import type { Secret } from '../../domain/secret.ts'
import type { OutputForm } from '../resource/output-form.ts'
import type { Origin } from '../resource/resource.ts'
import type { Manifest } from './part.ts'
import { originOf } from './report.ts'
import type { RulesValue } from './schema.ts'

/*
 * `policy:`, what a team requires of every job: where logs may go, which fields they must have, that they are whole.
 * Rules of any file hold for the jobs of all files that are given together.
 */

export interface TeamRules {
  readonly rules: RulesValue
  readonly origin: Origin
}

export function teamRules({ parts }: Manifest): readonly TeamRules[] {
  return parts.flatMap(({ source, value: { policy } }) =>
    policy === undefined ? [] : [{ rules: policy, origin: originOf(source, ['policy']) }],
  )
}

/** What rules look at in a job. Null: not known, so it is not judged. */
export interface RuledJob {
  readonly dataset: string
  readonly destinationConf: Secret | null
  readonly fieldNames: OutputForm['fieldNames']
  readonly sampleRate: number
}

export interface Violation {
  /** Below the job. */
  readonly path: readonly string[]
  readonly message: string
}

export function violationsOf(job: RuledJob, { rules, origin }: TeamRules): readonly Violation[] {
  const policy = `the policy at ${origin.file}:${origin.line}`
  const { destinations, sampling = true } = rules
  const required = [...(rules.fields?.[job.dataset] ?? []), ...(rules.fields?.['*'] ?? [])]
  const found: Violation[] = []
  const { destinationConf: conf, fieldNames } = job
  if (destinations !== undefined && conf !== null && !isAllowed(destinations, conf.reveal())) {
    const allowed = destinations.length === 0 ? 'no destination' : destinations.join(', ')
    const message = `${policy} allows ${allowed}, found ${describeDestination(conf).redacted}`
    found.push({ path: ['destination'], message })
  }
  if (required.length > 0 && fieldNames !== 'all') {
    const missing = required.filter((name) => !(fieldNames ?? []).includes(name))
    const message = `${policy} requires fields that are not listed: ${missing.join(', ')}`
    if (missing.length > 0) found.push({ path: ['output'], message })
  }
  if (!sampling && job.sampleRate < 1) {
    found.push({ path: ['output', 'sample_rate'], message: `${policy} allows no sampling` })
  }
  return found
}

/** Parameters that say where a bucket is. */
const placing = ['endpoint', 'account-id'] as const

/** A pattern without parameters allows no destination that has some: `s3://logs/*` is Amazon's bucket, and no other's. */
function isAllowed(patterns: readonly string[], conf: string): boolean {
  const parts = splitConf(conf)
  if (parts === null) return false
  const params = parseQuery(parts.query)
  // What cannot be read for certain is not taken for harmless.
  if (params === null && /(?:^|&)(?:endpoint|account-id)=/.test(parts.query ?? '')) return false
  const place = placing.flatMap((name) => {
    const value = params?.get(name)
    return value === undefined ? [] : [`${name}=${value}`]
  })
  const address = `${parts.scheme}://${parts.address}`
  return patterns.some((pattern) => {
    const [start = '', query = ''] = pattern.split('?', 2)
    const isThere = matchesGlob(start, address) || matchesGlob(`${start}/*`, address)
    return isThere && matchesGlob(query, place.join('&'))
  })
}
