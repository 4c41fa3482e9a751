import t from 'tap'
import { configFacts } from '../../../src/commands/serve/exporter-settings.ts'
import { allSettings, defaultsOf } from '../../../src/settings/exporter-settings.ts'

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
