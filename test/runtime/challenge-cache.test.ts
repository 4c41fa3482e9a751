import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Secret } from '../../src/domain/secret.ts'
import type { ChallengeRecord } from '../../src/ports/challenge-cache.ts'
import { createChallengeCache, createMemoryChallengeCache } from '../../src/runtime/challenge-cache.ts'
import { quayAccount, zone } from '../support/exporter-core.ts'
import { logSink } from '../support/log-sink.ts'

const day = 24 * 3_600_000
const conf = new Secret('s3://logs?secret-access-key=canary')
const at = Date.UTC(2026, 10, 24)
const requested: ChallengeRecord = { state: 'requested', filename: 'a.txt', requestedAt: at }
const token: ChallengeRecord = { state: 'token', token: new Secret('tok'), expiresAt: at + day }

function world(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'challenges-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'challenges.json')
  let now = at
  const open = () => createChallengeCache({ path, pid: 1, log: logSink(), clock: { now: () => now } })
  const pass = (ms: number): void => {
    now += ms
  }
  const held = (): readonly object[] => Object.values(JSON.parse(readFileSync(path, 'utf8')).challenges)
  return { path, open, pass, held }
}

t.test('a challenge is known again by its scope and destination, and by nothing else', async (t) => {
  const { open, path } = world(t)
  for (const cache of [open(), createMemoryChallengeCache()]) {
    await cache.save(quayAccount, conf, requested)
    t.strictSame(await cache.load(quayAccount, conf), requested)
    t.equal(await cache.load(zone('a.example'), conf), null)
    t.equal(await cache.load(quayAccount, new Secret('s3://logs')), null)
    await cache.save(quayAccount, conf, token)
    const found = await cache.load(quayAccount, conf)
    t.strictSame([found?.state, found?.state === 'token' && found.token.reveal()], ['token', 'tok'])
    await cache.save(zone('a.example'), conf, requested)
    await cache.forget(quayAccount, conf)
    t.equal(await cache.load(quayAccount, conf), null)
    t.strictSame(await cache.load(zone('a.example'), conf), requested)
  }
  t.strictSame(await open().load(zone('a.example'), conf), requested, 'after a restart too')
  t.notMatch(readFileSync(path, 'utf8'), 'canary')
})

t.test('a token is good until it expires, and a request for the seven days of a token', async (t) => {
  const { open, pass, held } = world(t)
  const cache = open()
  await cache.save(quayAccount, conf, token)
  pass(day - 1)
  t.ok(await cache.load(quayAccount, conf))
  pass(1)
  t.equal(await cache.load(quayAccount, conf), null)
  await cache.save(zone('a.example'), conf, { ...requested, requestedAt: at + day })
  t.equal(held().length, 1, 'what has expired is dropped on the next write')
  pass(7 * day - 1)
  t.ok(await cache.load(zone('a.example'), conf))
  pass(1)
  t.equal(await cache.load(zone('a.example'), conf), null)
  await cache.forget(quayAccount, conf)
  t.equal(held().length, 0)
})

t.test('a record of another shape is none', async (t) => {
  const { open, path, held } = world(t)
  const { filename, requestedAt } = requested
  const all = [
    { ...requested },
    { state: 'requested', filename },
    { state: 'requested', requestedAt },
    { state: 'token', token: 'tok', expiresAt: at + day },
    { state: 'token', token: 'tok' },
    { state: 'token', expiresAt: at + day },
    { filename, requestedAt, token: 'tok', expiresAt: at + day },
    'requested',
  ]
  writeFileSync(path, JSON.stringify({ version: 1, challenges: { ...all } }))
  await open().forget(quayAccount, conf)
  t.strictSame(held(), [all[0], all[3]])
})
