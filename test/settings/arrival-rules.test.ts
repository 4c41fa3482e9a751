import t from 'tap'
import { showArrivalRules } from '../../src/settings/arrival-rules.ts'

const usual = { intervalMs: 300_000, tolerance: 0.01, lateWindowMs: 3_600_000 }

t.test('rules are shown in one line as the file writes them, without credentials', async (t) => {
  t.equal(showArrivalRules([]), 'none')
  const elastic = {
    kind: 'elastic',
    place: { store: 'elastic', url: 'https://s.example', index: 'logs-*', timeField: 'at', query: 'a:b' },
    apiKeyFile: '/run/canary',
  } as const
  t.equal(
    showArrivalRules([
      {
        match: { dataset: 'dns_logs', zone: 'quay.example' },
        read: { kind: 's3', region: 'eu-west-1' },
        ...usual,
      },
      {
        match: { bucket: 'b' },
        read: { kind: 'r2', endpoint: 'https://r2.example' },
        ...usual,
        intervalMs: 60_000,
      },
      { match: { jobId: '7' }, read: elastic, ...usual },
    ]),
    '{match: {dataset: dns_logs, zone: quay.example}, read: {s3: {}}, interval: 5m}, ' +
      '{match: {bucket: b}, read: {r2: {endpoint: https://r2.example}}, interval: 1m}, ' +
      '{match: {job_id: 7}, read: {elastic: {url: https://s.example, index: logs-*}}, interval: 5m}',
  )
})
