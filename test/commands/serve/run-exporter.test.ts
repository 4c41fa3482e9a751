import { rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { runExporter } from '../../../src/commands/serve/run-exporter.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { exitCode, UserError } from '../../../src/errors.ts'
import { allSettings, defaultsOf, type Settings } from '../../../src/settings/exporter-settings.ts'
import { build } from '../../../src/version.ts'
import { fakeHttp } from '../../support/fake-http.ts'
import { collectingIo } from '../../support/run-provision.ts'
import { sampleValue, scrape } from '../../support/scrape.ts'
import { eventually } from '../../support/serving.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

/* `serve` in this process, before a Cloudflare that nobody can reach. */

type Line = Readonly<Record<string, unknown>>
type Reread = Parameters<typeof runExporter>[2]

async function started(t: { teardown(end: () => Promise<void>): unknown }, edit: Partial<Settings> = {}) {
  const clock = createSteppedClock()
  const stop = new AbortController()
  const listeners = new Set<() => void>()
  const { io, stderr } = collectingIo({
    signal: stop.signal,
    onReload(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
  const settings: Settings = {
    ...defaultsOf(allSettings),
    baseUrl: 'http://127.0.0.1:1/client/v4',
    statePath: ':memory:',
    logFormat: 'json',
    apiToken: new Secret('canary-token'),
    listenAddresses: [{ host: '127.0.0.1', port: 0 }],
    ...edit,
  }
  let reread: Reread = async () => ({ ok: true, values: settings })
  const ended = runExporter(settings, io, () => reread(), clock)
  t.teardown(async () => {
    stop.abort()
    await clock.advance(10_000)
    await ended.catch(() => {})
  })
  const lines = (message: string): readonly Line[] =>
    stderr()
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Line => JSON.parse(line))
      .filter(({ msg }) => msg === message)
  const listening = () => lines('listening').map(({ address }) => String(address))
  let hasFailed = false
  ended.catch(() => {
    hasFailed = true
  })
  await eventually(async () => hasFailed || listening().length > 0, 'it listens')
  if (hasFailed) await ended
  return {
    settings,
    clock,
    stop,
    ended,
    stderr,
    lines,
    listening,
    listeners,
    url: `http://${listening()[0]}`,
    /** What the next reload reads. */
    write(next: Reread): void {
      reread = next
    },
    reload: () => fetch(`http://${listening()[0]}/-/reload`, { method: 'POST' }),
  }
}

const leader = async (url: string) =>
  sampleValue(await scrape(`${url}/metrics`), 'cloudflare_logpush_exporter_leader')

t.test('it says where it listens, reloads on the signal for it, and ends with the other', async (t) => {
  const hasIpv6 = Object.values(networkInterfaces()).some((own) =>
    own?.some(({ address }) => address === '::1'),
  )
  const { lines, listening, url, listeners, stop, ended } = await started(t, {
    listenAddresses: ['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])].map((host) => ({ host, port: 0 })),
  })
  await eventually(async () => listening().length === (hasIpv6 ? 2 : 1), 'all addresses')
  t.match(listening(), hasIpv6 ? [/^127\.0\.0\.1:\d+$/, /^\[::1\]:\d+$/] : [/^127\.0\.0\.1:\d+$/])
  t.match(lines('listening'), [{ level: 'info', version: build.version }])
  for (const address of listening()) t.equal((await fetch(`http://${address}/livez`)).status, 200)
  t.equal(await leader(url), 1)
  t.equal((await fetch(`${url}/webhooks/cloudflare`, { method: 'POST' })).status, 404)

  for (const listener of listeners) listener()
  await eventually(async () => lines('settings reloaded').length === 1, 'a reload')
  stop.abort()
  t.equal(await ended, exitCode.done)
  t.equal(listeners.size, 0)
  await t.rejects(fetch(`${url}/livez`))
})

t.test('a reload changes the level of the log; what is wrong with it is told, without secrets', async (t) => {
  const folder = t.testdir({ hook: 'canary-old\ncanary-new\n' })
  const { settings, write, reload, lines, stderr } = await started(t, {
    webhookSecretFile: join(folder, 'hook'),
    logLevel: 'info',
  })
  write(async () => ({ ok: false, problems: ['one canary-token', 'two canary-old', 'three canary-new'] }))
  t.equal((await reload()).status, 500)
  t.match(lines('settings not reloaded; keeping the old ones'), [
    { level: 'error', problem: 'one ***; two ***; three ***' },
  ])
  t.notMatch(stderr(), /canary/)
  t.equal(lines('http request').length, 0)
  write(async () => ({ ok: true, values: { ...settings, logLevel: 'debug' } }))
  t.equal((await reload()).status, 200)
  await eventually(async () => lines('http request').length > 0, 'lines of debugging')
})

t.test('what becomes of the token file is told, and the last token is kept', async (t) => {
  const folder = t.testdir({ token: 'canary-first\n' })
  const path = join(folder, 'token')
  const { lines, clock, stderr } = await started(t, { apiToken: null, apiTokenFile: path })
  const until = (message: string) =>
    eventually(async () => {
      await clock.advance(60_000)
      return lines(message).length > 0
    }, message)
  rmSync(path)
  await until('cannot read the token file; keeping the last token')
  t.match(lines('cannot read the token file; keeping the last token'), [
    { level: 'error', problem: `--cloudflare.api-token-file: cannot read ${path}: no such file` },
  ])
  writeFileSync(path, 'canary-second')
  await until('reading the token file works again')
  t.match(lines('the token file has a new token'), [{ level: 'info' }])
  t.match(lines('reading the token file works again'), [{ level: 'info' }])
  t.notMatch(stderr(), /canary/)
})

t.test('each line of the webhook secret file is good, and what becomes of the file is told', async (t) => {
  const folder = t.testdir({ hook: 'canary-old\ncanary-new\n' })
  const path = join(folder, 'hook')
  const { url, lines, clock } = await started(t, { webhookSecretFile: path })
  const post = async (secret: string) => {
    await clock.advance(4_000)
    const headers = { 'cf-webhook-auth': secret, 'content-type': 'application/json' }
    const body = JSON.stringify({ text: 'a test' })
    return (await fetch(`${url}/webhooks/cloudflare`, { method: 'POST', headers, body })).status
  }
  t.same([await post('canary-old'), await post('canary-new'), await post('other')], [200, 200, 401])
  rmSync(path)
  t.equal(await post('canary-new'), 200)
  const problem = `--notifications.webhook-secret-file: cannot read ${path}: no such file`
  t.match(lines('cannot read the webhook secret file; keeping the last secrets'), [
    { level: 'error', problem },
  ])
  writeFileSync(path, 'canary-third\n')
  t.same([await post('canary-third'), await post('canary-new')], [200, 401])
  t.match(lines('reading the webhook secret file works again'), [{ level: 'info' }])
  t.match(lines('the webhook secret file has new secrets'), [{ level: 'info' }])
  rmSync(path)
  await t.rejects(
    started(t, { webhookSecretFile: path }),
    new UserError(problem),
    'at the start it is an error',
  )
})

t.test('with a web configuration, it asks for a password', async (t) => {
  const folder = t.testdir({
    'web.yml': `basic_auth_users: { sre: $2b$04$${'abcdefghijklmnopqrstuv'}${'A'.repeat(31)} }\n`,
  })
  const { url } = await started(t, { webConfigFile: join(folder, 'web.yml') })
  t.equal((await fetch(`${url}/metrics`)).status, 401)
})

t.test('a ledger in PostgreSQL makes it one of several processes, which stands by at first', async (t) => {
  const statePath = 'postgresql://sre@127.0.0.1:1/ledger'
  const { url, lines, clock } = await started(t, { statePath, shard: 'auto' })
  t.equal(await leader(url), 0)
  await clock.advance(50)
  const trouble = 'cannot reach the database of --state.path; standing by'
  await eventually(async () => lines(trouble).length > 0, trouble)
})

t.test('who waits for it to come up is answered before it calls anybody', async (t) => {
  const api = await fakeHttp()
  t.teardown(() => api.close())
  api.answer((response) => response.writeHead(503).end())
  const { url, clock } = await started(t, { baseUrl: api.baseUrl })
  for (let i = 0; i < 10; i += 1) t.equal((await fetch(`${url}/livez`)).status, 200)
  t.equal(api.received.length, 0)
  await clock.advance(50)
  await eventually(async () => api.received.length > 0, 'the first call')
})
