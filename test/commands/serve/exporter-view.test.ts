import t from 'tap'
import { configFacts } from '../../../src/commands/serve/exporter-settings.ts'
import { shownSettings } from '../../../src/commands/serve/shown-settings.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { allSettings, defaultsOf } from '../../../src/settings/exporter-settings.ts'
import { startDemoExporter } from '../../support/demo-exporter.ts'
import { nightWorld } from '../../support/night-world.ts'

t.test('settings are shown as a user would write them, secrets only as being there', async (t) => {
  const shown = shownSettings({
    ...defaultsOf(allSettings),
    apiToken: new Secret('canary-token'),
    apiTokenFile: '/run/secrets/token',
    listenAddresses: [
      { host: '::1', port: 80 },
      { host: '', port: 10199 },
    ],
    accounts: ['Quay', 'b'.repeat(32)],
    maxLagMs: 5_400_000,
    historyPollIntervalMs: null,
    jobOverrides: [{ match: { jobName: 'quiet' }, maxLagMs: 60_000 }],
  })
  t.notMatch(JSON.stringify(shown), 'canary')
  t.strictSame(
    shown.filter(({ isDefault }) => !isDefault).map(({ name, value }) => [name, value]),
    [
      ['--web.listen-address', '[::1]:80, :10199'],
      ['CLOUDFLARE_API_TOKEN', '***'],
      ['--cloudflare.api-token-file', '/run/secrets/token'],
      ['--cloudflare.accounts', `Quay, ${'b'.repeat(32)}`],
      ['--job.max-lag', '1h30m'],
      ['job.overrides', '{match: {job_name: quiet}, max_lag: 1m}'],
      ['--notifications.history-poll-interval', '0'],
    ],
  )
  t.equal(shown.length, Object.keys(allSettings).length)
})

t.test('the metric of the settings and the page write a duration alike', async (t) => {
  const settings = { ...defaultsOf(allSettings), healthPollIntervalMs: 90_000, revisionWindowMs: 5_400_000 }
  const shown = new Map(shownSettings(settings).map(({ name, value }) => [name, value]))
  const { pollInterval, revisionWindow } = configFacts(settings)
  t.strictSame([pollInterval, revisionWindow], ['1m30s', '1h30m'])
  t.equal(shown.get('--health.poll-interval'), pollInterval)
  t.equal(shown.get('--health.revision-window'), revisionWindow)
})

t.test('pages are made from memory: Cloudflare is asked for nothing, and no secret is in them', async (t) => {
  const demo = await startDemoExporter(nightWorld(), Date.UTC(2026, 10, 24, 1, 12))
  t.teardown(demo.close)
  await demo.advance(26)
  const before = demo.requests()
  // biome-ignore lint/suspicious/noExplicitAny: answers are read the way they came over the wire
  const json = async (path: string): Promise<any> => (await fetch(demo.url + path)).json()
  const list = await json('/api/v1/jobs')
  const paths = list.jobs.flatMap(({ id }: { id: string }) => [`/jobs/${id}`, `/api/v1/jobs/${id}`])
  const texts = await Promise.all(
    ['/', '/exporter', '/?state=trouble', ...paths].map(async (path) => {
      const answer = await fetch(demo.url + path)
      t.equal(answer.status, 200, path)
      return answer.text()
    }),
  )
  t.equal(demo.requests(), before)
  t.equal(list.jobs.length, 20)
  t.match(list.jobs[0], { name: 'quay-http-sumo', state: 'disabled_by_failure', reason: 'auth' })
  const all = texts.join('\n')
  t.ok(demo.secrets.length > 10)
  for (const canary of demo.secrets) t.notOk(all.includes(canary), canary)
  const [sumo] = list.jobs
  const { history } = await json(`/api/v1/jobs/${sumo.id}`)
  t.equal(history.known_from, '2026-11-23T21:12:00Z', 'four hours before the start')
  t.ok(history.slots.slice(5, -2).every(({ retries }: { retries: number }) => retries > 0))
})

t.test('without any notification, the job that Cloudflare disables in the demo is seen to be', async (t) => {
  const demo = await startDemoExporter('demo', Date.UTC(2026, 10, 24, 1, 12), {
    historyPollIntervalMs: null,
  })
  t.teardown(demo.close)
  // biome-ignore lint/suspicious/noExplicitAny: answers are read the way they came over the wire
  const list = async (): Promise<any> => (await fetch(`${demo.url}/api/v1/jobs?search=quay-http-sumo`)).json()
  const job = async () => (await list()).jobs[0]
  t.match(await job(), { name: 'quay-http-sumo', reason: 'auth', disabled: null })
  await demo.advance(6)
  t.match(await job(), { state: 'disabled_by_failure', disabled: { how: 'seen' } })
})
