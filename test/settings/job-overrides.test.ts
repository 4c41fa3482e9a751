import t from 'tap'
import { showOverrides } from '../../src/settings/job-overrides.ts'
import { duration } from '../../src/settings/setting-kinds.ts'

t.test('overrides are shown as the file writes them, in one line', async (t) => {
  const lag = duration(60_000, 86_400_000)
  t.equal(showOverrides([], lag), 'none')
  t.equal(
    showOverrides(
      [
        { match: { zone: 'quay.io', jobName: 'sre-http' }, maxLagMs: 5_400_000 },
        { match: { dataset: 'dns_logs' }, maxLagMs: 60_000 },
      ],
      lag,
    ),
    '{match: {job_name: sre-http, zone: quay.io}, max_lag: 1h30m}, {match: {dataset: dns_logs}, max_lag: 1m}',
  )
})
