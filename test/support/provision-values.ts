import { accountOf, type Scope } from '../../src/domain/scope.ts'
import { Secret } from '../../src/domain/secret.ts'
import { outputForm } from '../../src/provision/resource/output-form.ts'
import type {
  Desired,
  DesiredJob,
  DesiredPolicy,
  DesiredState,
  DesiredWebhook,
  JobResource,
  PolicyResource,
} from '../../src/provision/resource/resource.ts'

export const accountId = '0123456789abcdef0123456789abcdef'
export const account = { kind: 'account', id: accountId, name: 'Quay' } as const
export const zone = {
  kind: 'zone',
  id: 'fedcba9876543210fedcba9876543210',
  name: 'quay.example',
  account: { id: accountId, name: 'Quay' },
} as const satisfies Scope

const origin = { file: 'manifest.yaml', line: 1, column: 1 }

/** A wanted job, owned by `sre` unless it is named otherwise. */
export function aJob(fields: Partial<JobResource> = {}, more: Partial<DesiredJob> = {}): DesiredJob {
  return {
    kind: 'job',
    origin,
    adopt: false,
    adoptId: null,
    ownership: { how: 'read' },
    transformer: null,
    resource: {
      kind: 'job',
      scope: account,
      name: 'sre-worker-logs',
      dataset: 'workers_trace_events',
      jobKind: '',
      enabled: true,
      destinationConf: new Secret(
        's3://quay-logs/workers/{DATE}?region=us-east-1&access-key-id=AKID&secret-access-key=canary-s3',
      ),
      output: outputForm(['Outcome', 'ScriptName'], { timestamp_format: 'rfc3339' }),
      filter: null,
      filterAttackTraffic: false,
      upload: { bytes: 0, records: 0, intervalSeconds: 0 },
      transformerId: null,
      ...fields,
    },
    ...more,
  }
}

export function aWebhook(name = 'sre-exporter', more: Partial<DesiredWebhook> = {}): DesiredWebhook {
  return {
    kind: 'webhook',
    origin,
    adopt: false,
    adoptId: null,
    secret: new Secret('canary-webhook-secret'),
    resource: {
      kind: 'webhook',
      scope: account,
      name,
      url: new Secret('https://exporter.example.com/webhooks/cloudflare'),
    },
    ...more,
  }
}

export function aPolicy(fields: Partial<PolicyResource> = {}): DesiredPolicy {
  return {
    kind: 'policy',
    origin,
    adopt: false,
    adoptId: null,
    resource: {
      kind: 'policy',
      scope: account,
      name: 'sre-logpush-disabled',
      alertType: 'failing_logpush_job_disabled_alert',
      enabled: true,
      description: null,
      filters: null,
      email: ['sre@example.com'],
      webhooks: ['sre-exporter'],
      pagerduty: [],
      ...fields,
    },
  }
}

/** A manifest of owner `sre` that wants these, and looks at the account and the zone. */
export function wanting(resources: readonly Desired[], more: Partial<DesiredState> = {}): DesiredState {
  return {
    scopes: [account, zone],
    notificationAccounts: [account],
    owners: [{ accountId, prefix: 'sre-', prune: false }],
    declared: resources.map(({ resource }) => ({
      accountId: accountOf(resource.scope).id,
      name: resource.name,
    })),
    removed: [],
    resources,
    ...more,
  }
}

/** Names that the manifest says may be deleted. */
export function removing(...names: readonly string[]): Pick<DesiredState, 'removed'> {
  return { removed: names.map((name) => ({ accountId, name })) }
}

/** The owner `sre`, whose manifest deletes what is owned and not declared. */
export const pruning = { owners: [{ accountId, prefix: 'sre-', prune: true }] } as const
