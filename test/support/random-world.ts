import fc from 'fast-check'
import { buildDestination, type Destination } from '../../src/domain/destination/destination.ts'
import { uploadLimits } from '../../src/domain/destination/limits.ts'
import type { JobRecord } from '../../src/domain/job/job.ts'
import type { Scope } from '../../src/domain/scope.ts'
import { Secret } from '../../src/domain/secret.ts'
import { anyDestination } from './destinations.ts'

/*
 * Live accounts as they come: made by hand, by Terraform, by several people with several habits.
 */

export interface RandomJob {
  readonly scope: number
  readonly destination: Destination
  readonly record: Partial<JobRecord> & { readonly destinationConf: Secret; readonly name: string }
}

export interface RandomWorld {
  readonly jobs: readonly RandomJob[]
  readonly webhooks: readonly { readonly name: string; readonly url: Secret; readonly secret?: Secret }[]
  readonly policies: readonly {
    readonly name: string
    readonly description: string
    readonly enabled: boolean
    readonly email: readonly string[]
    /** Indices of webhooks. */
    readonly webhooks: readonly number[]
    readonly pagerduty: boolean
  }[]
}

const field = fc.constantFrom('RayID', 'ClientIP', 'EdgeResponseStatus', 'Outcome', 'ScriptName')

const filter = fc.oneof(
  fc.constant(null),
  fc.constant(''),
  fc.constant('{}'),
  fc
    .tuple(
      field,
      fc.constantFrom('eq', '!eq', 'contains'),
      fc.oneof(fc.string({ maxLength: 8 }), fc.nat(999), fc.boolean()),
    )
    .map(([key, operator, value]) => JSON.stringify({ where: { key, operator, value } })),
  fc
    .array(field, { minLength: 1, maxLength: 3 })
    .map((keys) =>
      JSON.stringify(
        { where: { or: keys.map((key) => ({ value: ['a', 1], operator: 'in', key })) } },
        null,
        1,
      ),
    ),
)

const outputOptions = fc.oneof(
  fc.constant(null),
  fc
    .record(
      {
        field_names: fc.array(field, { minLength: 1, maxLength: 5 }),
        output_type: fc.constantFrom('ndjson', 'csv'),
        timestamp_format: fc.constantFrom('unixnano', 'rfc3339', 'rfc3339ms'),
        sample_rate: fc.constantFrom(0, 0.1, 0.5, 1),
        batch_prefix: fc.constantFrom('', '[', '"quoted"\n', ' leading: and # more', `\${x}`),
        record_delimiter: fc.constantFrom('', '\n', ',', '\t'),
        record_suffix: fc.constantFrom('}\n', '}', 'no', '1e3'),
        record_template: fc.constantFrom('', '{{.RayID}}: {{.ClientIP}}\n'),
        'CVE-2021-44228': fc.boolean(),
        merge_subrequests: fc.boolean(),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    .map((options) =>
      // The columns of CSV may repeat, which a manifest can't say.
      options.output_type === 'csv' && options.field_names !== undefined
        ? { ...options, field_names: [...new Set(options.field_names)] }
        : options,
    ),
)

function within(limit: 'fixed' | { readonly min: number; readonly max: number }) {
  return fc.oneof(
    fc.constant(null),
    fc.constant(0),
    limit === 'fixed' ? fc.constant(1000) : fc.integer({ min: limit.min, max: limit.max }),
  )
}

const jobName = fc.oneof(
  fc.stringMatching(/^sre-[a-z0-9-]{1,12}$/),
  fc.constantFrom('yes', '007', 'Worker logs (prod)', 'ärger: öl', "it's #1", 'a.b.c', 'null', '- dash'),
)

const job: fc.Arbitrary<RandomJob> = anyDestination().chain((destination) => {
  // New Relic without a format is only sayable as a whole text, for which no narrower limits are known.
  const bare = destination.kind === 'new_relic' && destination.format === undefined
  const limits = uploadLimits(bare ? { kind: 'url' } : destination)
  return fc
    .record({
      name: jobName,
      dataset: fc.constantFrom('http_requests', 'workers_trace_events', 'audit_logs_v2', 'brand_new_events'),
      kind: fc.constantFrom('', '', 'edge', 'instant-logs'),
      enabled: fc.boolean(),
      filter,
      filterAttackTraffic: fc.constantFrom(null, false, true),
      frequency: fc.constantFrom(null, 'high', 'low'),
      logpullOptions: fc.constantFrom(null, 'fields=RayID&timestamps=rfc3339'),
      outputOptions,
      maxUploadBytes: within(limits.bytes),
      maxUploadRecords: within(limits.records),
      maxUploadIntervalSeconds: within(limits.intervalSeconds),
      transformerId: fc.constantFrom(null, 7),
    })
    .chain((record) =>
      fc.nat(2).map((scope) => ({
        scope,
        destination,
        record: { ...record, destinationConf: buildDestination(destination) },
      })),
    )
})

const webhookName = fc.stringMatching(/^[a-z]{3}-hook$/)
const webhook = fc.record({
  name: webhookName,
  url: fc
    .stringMatching(/^[a-z0-9]{12}$/)
    .chain((code) =>
      fc.constantFrom(
        `https://hooks.slack.com/services/canary${code}`,
        `https://exporter.example.com/canary${code}`,
        'https://exporter.example.com',
      ),
    )
    .map((url) => new Secret(url)),
})

const policy = fc.record({
  name: fc.stringMatching(/^[a-z]{4}-policy$/),
  description: fc.constantFrom('', 'Tell us: now'),
  enabled: fc.boolean(),
  email: fc.subarray(['sre@example.com', 'ops@example.com']),
  webhooks: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
  pagerduty: fc.boolean(),
})

/** Names may repeat among jobs, as they do at Cloudflare. */
export const randomWorld: fc.Arbitrary<RandomWorld> = fc.record({
  jobs: fc.array(job, { minLength: 1, maxLength: 6 }),
  webhooks: fc.uniqueArray(webhook, { selector: ({ name }) => name, minLength: 1, maxLength: 3 }),
  policies: fc.uniqueArray(policy, { selector: ({ name }) => name, maxLength: 3 }),
})

/** A scope by the number a random job has: the account, or one of two zones. */
export function scopeOf(number: number, account: Scope, zones: readonly Scope[]): Scope {
  return zones[number - 1] ?? account
}
