import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openMemory } from '../../../src/commands/provision/memory.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { leapingClock } from '../../support/leaping-clock.ts'
import { logSink } from '../../support/log-sink.ts'
import { account } from '../../support/provision-values.ts'

/* Where provisioning remembers what it must know in the next run. */

const conf = new Secret('s3://quay-logs/x?region=us-east-1')

function home(t: { teardown(end: () => void): unknown }): string {
  const path = mkdtempSync(join(tmpdir(), 'memory-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Remembers a challenge with this setting; what a second opening then knows. */
async function remembered(cacheFolder: string | null, env: Readonly<Record<string, string>>) {
  const clock = leapingClock()
  const open = () => openMemory({ cacheFolder }, { env }, { clock, log: logSink() })
  const first = open()
  const expiresAt = clock.now() + 3_600_000
  await first.challenges.save(account, conf, { state: 'token', token: new Secret('token'), expiresAt })
  const known = await open().challenges.load(account, conf)
  return { lasting: first.lasting, isKnown: known !== null, webhooks: await first.webhooks.load() }
}

t.test('the folder is the one given, else that of XDG_CACHE_HOME, else .cache of HOME', async (t) => {
  const path = home(t)
  const given = join(path, 'given')
  for (const [cacheFolder, env, folder] of [
    [given, { XDG_CACHE_HOME: join(path, 'xdg'), HOME: path }, given],
    [null, { XDG_CACHE_HOME: join(path, 'xdg'), HOME: path }, join(path, 'xdg', 'logpush-exporter')],
    [null, { XDG_CACHE_HOME: '', HOME: path }, join(path, '.cache', 'logpush-exporter')],
    [null, { HOME: join(path, 'own') }, join(path, 'own', '.cache', 'logpush-exporter')],
  ] as const) {
    t.match(await remembered(cacheFolder, env), { lasting: true, isKnown: true })
    t.same(readdirSync(folder), ['challenges.json'])
    rmSync(folder, { recursive: true })
  }
})

t.test('with off nothing outlives the run, and no folder is made', async (t) => {
  const path = home(t)
  const env = { HOME: path, XDG_CACHE_HOME: join(path, 'xdg') }
  t.same(await remembered('off', env), { lasting: false, isKnown: false, webhooks: new Map() })
  t.notOk(existsSync(join(path, 'xdg')))
  t.notOk(existsSync('off'))
})
