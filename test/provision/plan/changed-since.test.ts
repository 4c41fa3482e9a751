import t from 'tap'
import type { JobRecord } from '../../../src/domain/job/job.ts'
import { Secret } from '../../../src/domain/secret.ts'
import type { NotificationPolicy } from '../../../src/ports/notifications.ts'
import { changedSince } from '../../../src/provision/plan/changed-since.ts'
import { actualJob, actualPolicy } from '../../../src/provision/resource/live-resource.ts'
import { account } from '../../support/provision-values.ts'

const listed: JobRecord = {
  id: '7',
  name: 'sre-http',
  dataset: 'http_requests',
  kind: '',
  enabled: true,
  destinationConf: new Secret('s3://quay-logs/http?region=us-east-1'),
  lastComplete: null,
  lastError: null,
  errorMessage: null,
  filter: '{"where":{"key":"ClientIP","operator":"eq","value":"192.0.2.1"}}',
  filterAttackTraffic: null,
  frequency: null,
  logpullOptions: null,
  outputOptions: { field_names: ['RayID'] },
  maxUploadBytes: 0,
  maxUploadRecords: null,
  maxUploadIntervalSeconds: null,
  transformerId: null,
}

const policy: NotificationPolicy = {
  id: '1dbdd679dc554259b0d1928b787d0dab',
  name: 'sre-disabled',
  description: '',
  enabled: true,
  alertType: 'failing_logpush_job_disabled_alert',
  mechanisms: { email: [], webhooks: ['1d2dc92b-f84e-4aff-bd9c-205d94b0b4e8'], pagerduty: [] },
  filters: null,
  alertInterval: null,
  createdAt: null,
}

const changedJob = (now: Partial<JobRecord>) =>
  changedSince(actualJob(account, listed), actualJob(account, { ...listed, ...now }))

const names = { webhooks: new Map(), pagerduty: new Map() }
const changedPolicy = (now: Partial<NotificationPolicy>) =>
  changedSince(actualPolicy(account, policy, names), actualPolicy(account, { ...policy, ...now }, names))

t.test('another way to write the same job is no change', async (t) => {
  const same: readonly Partial<JobRecord>[] = [
    { lastComplete: 1, lastError: 2, errorMessage: new Secret('it failed') },
    { maxUploadBytes: null, maxUploadRecords: 100_000, maxUploadIntervalSeconds: 30 },
    {
      outputOptions: {
        field_names: ['RayID'],
        output_type: 'ndjson',
        sample_rate: 1,
        'CVE-2021-44228': false,
      },
    },
    { filter: '{ "where": { "operator": "eq", "key": "ClientIP", "value": "192.0.2.1" } }' },
    { filterAttackTraffic: false, frequency: 'high' },
  ]
  for (const now of same) t.same(changedJob(now), [], JSON.stringify(now))
})

t.test('what a person changed in a job is named', async (t) => {
  t.same(changedJob({ enabled: false }), ['enabled'])
  t.same(changedJob({ maxUploadBytes: 5_000_000, maxUploadRecords: 1_000 }), [
    'maxUploadBytes',
    'maxUploadRecords',
  ])
  t.same(changedJob({ outputOptions: { field_names: ['RayID', 'ClientIP'] } }), ['outputOptions'])
  t.same(changedJob({ filter: null, name: null }), ['filter', 'name'])
  t.same(changedJob({ destinationConf: new Secret('s3://other/http?region=us-east-1') }), ['destinationConf'])
})

t.test('ids of a policy are the same with and without dashes', async (t) => {
  t.same(
    changedPolicy({
      id: '1dbdd679-dc55-4259-b0d1-928b787d0dab',
      mechanisms: { ...policy.mechanisms, webhooks: ['1D2DC92BF84E4AFFBD9C205D94B0B4E8'] },
      filters: {},
    }),
    [],
  )
  t.same(changedPolicy({ mechanisms: { ...policy.mechanisms, webhooks: [] } }), ['mechanisms'])
  t.same(changedPolicy({ filters: { product: ['x'] }, enabled: false }), ['enabled', 'filters'])
})
