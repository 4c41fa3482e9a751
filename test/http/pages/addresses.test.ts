import t from 'tap'
import { newScopeState } from '../../../src/exporter/state/scope-state.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import { healthStates } from '../../../src/exporter/view/health-state.ts'
import { jobStatus } from '../../../src/exporter/view/job-status.ts'
import { cloudflareUrl, grafanaUrl, jobHref, runbookOf } from '../../../src/http/pages/addresses.ts'
import { jobTitle, lagText } from '../../../src/http/pages/health-state-text.ts'
import { quay, quayAccount, zone } from '../../support/exporter-core.ts'
import { hour, minute } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)

const statusIn = (scope: typeof quayAccount) => {
  const state = newScopeState(scope, { account: 'Quay', zone: '' })
  const facts = { job: null, maxLagMs: hour, lostLately: 0, trouble: 'unknown' } as const
  return jobStatus({ id: '7', scope: state, ...facts }, createUploadHistory(), now)
}
const status = statusIn(quayAccount)

t.test('what needs somebody has a runbook, and a failure of twelve hours another one', async (t) => {
  const runbook = (ago: number) => runbookOf({ ...status, trouble: 'failing', failingSince: now - ago }, now)
  t.equal(runbook(12 * hour - 1), 'CloudflareLogpushJobFailing')
  t.equal(runbook(12 * hour), 'CloudflareLogpushJobWillBeDisabled')
  const without = healthStates.filter(
    (trouble) => runbookOf({ ...status, trouble, failingSince: now - 20 * hour }, now) === null,
  )
  t.same(without, ['off', 'ok'])
})

t.test('ids and names in addresses are encoded', async (t) => {
  t.equal(jobHref('../', 'a/b'), '../jobs/a%2Fb')
  t.equal(
    grafanaUrl('https://g.example', 'job', 'a&b'),
    'https://g.example/d/cloudflare-logpush-job?var-job_id=a%26b',
  )
  t.equal(grafanaUrl('https://g.example', 'exporter'), 'https://g.example/d/cloudflare-logpush-exporter')
  t.equal(cloudflareUrl(status), `https://dash.cloudflare.com/${quay.id}/logs`)
  t.equal(
    cloudflareUrl(statusIn(zone('quay.example'))),
    `https://dash.cloudflare.com/${quay.id}/quay.example/analytics/logs`,
  )
})

t.test('a job without a name is called by its id, and an unknown lag is a dash', async (t) => {
  t.equal(jobTitle(status), 'Job 7')
  t.equal(jobTitle({ ...status, name: 'cdn-http' }), 'cdn-http')
  t.equal(lagText(status), '–')
  t.equal(lagText({ ...status, lagMs: 12 * minute, maxLagMs: 30 * minute }), '12 min / 30 min')
})
