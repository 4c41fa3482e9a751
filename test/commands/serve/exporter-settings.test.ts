import t from 'tap'
import { configFacts, maxLagOf, watchSettingsOf } from '../../../src/commands/serve/exporter-settings.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import type { Scope } from '../../../src/domain/scope.ts'
import { newScopeState } from '../../../src/exporter/state/scope-state.ts'
import { allSettings, defaultsOf } from '../../../src/settings/exporter-settings.ts'
import type { JobMatch } from '../../../src/settings/job-match.ts'
import { aJob, quay, quayAccount, zone } from '../../support/exporter-core.ts'

t.test('settings are shown as a user writes them', async (t) => {
  const shown = (healthPollIntervalMs: number) =>
    configFacts({ ...defaultsOf(allSettings), healthPollIntervalMs }).pollInterval
  t.equal(shown(60_000), '1m')
  t.equal(shown(300_000), '5m')
  t.equal(shown(30_000), '30s')
  t.equal(shown(90_000), '1m30s')
  t.equal(shown(7_200_000), '2h')
  t.equal(shown(1_500), '1s500ms')
  t.match(configFacts(defaultsOf(allSettings)), {
    pollInterval: '1m',
    revisionWindow: '15m',
    budgetShare: '0.5',
    rateLimitType: 'user',
    shard: 0,
    totalShards: 1,
  })
})

t.test('a standby that has no shard yet watches nothing', async (t) => {
  const shard = (shard: number | 'auto') => {
    const settings = { ...defaultsOf(allSettings), shard, totalShards: 3, zones: ['a'] }
    return watchSettingsOf(settings).selection
  }
  t.match(shard('auto'), { shard: -1, totalShards: 3, zones: ['a'] })
  t.match(shard(2), { shard: 2, totalShards: 3, zones: ['a'] })
})

t.test('a job may be as far behind as the first override that fits it says', async (t) => {
  const cdn = zone('cdn.example')
  const job = summarise(aJob('7', { name: 'http' }))
  const lag = (matches: readonly JobMatch[], scope: Scope = cdn) => {
    const jobOverrides = matches.map((match, index) => ({ match, maxLagMs: index + 1 }))
    const settings = { ...defaultsOf(allSettings), maxLagMs: 99, jobOverrides }
    return maxLagOf(settings)(job, newScopeState(scope, { account: '', zone: '' }))
  }
  t.equal(lag([]), 99)
  const whole = { jobId: '7', jobName: 'http', dataset: 'http_requests', zone: cdn.name, account: quay.id }
  t.equal(lag([whole]), 1)
  for (const key of Object.keys(whole)) t.equal(lag([{ ...whole, [key]: 'other' }]), 99, `another ${key}`)
  t.equal(lag([{ jobId: '8' }, { dataset: 'http_requests' }, {}]), 2, 'the first')
  t.same([lag([{ zone: cdn.id }]), lag([{ account: quay.name }])], [1, 1], 'by id or by name')
  t.equal(lag([{ zone: quay.id }], quayAccount), 99, 'a job of an account has no zone')
  t.equal(lag([{ account: quay.id }], quayAccount), 1)
})
