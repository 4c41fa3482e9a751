import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { ApiFailure, type ApiFailureKind } from '../../../src/errors.ts'
import { createObjectReader } from '../../../src/objectstore/object-reader.ts'
import type { ChallengeCache } from '../../../src/ports/challenge-cache.ts'
import type { OwnershipApi, ScopeRef } from '../../../src/ports/cloudflare.ts'
import type { ObjectReader } from '../../../src/ports/object-reader.ts'
import { locationTitle } from '../../../src/ports/object-reader.ts'
import { createChallenges } from '../../../src/provision/ownership/challenge.ts'
import type { ChallengeStep } from '../../../src/provision/ownership/challenge-file.ts'
import { challengeLocations, readCommand } from '../../../src/provision/ownership/challenge-location.ts'
import { confirmChallenge, requestChallenge } from '../../../src/provision/ownership/challenge-request.ts'
import { tokenExpiry, tokenIn } from '../../../src/provision/ownership/challenge-token.ts'
import { createChallengeCache, createMemoryChallengeCache } from '../../../src/runtime/challenge-cache.ts'
import { aCaller } from '../../support/callers.ts'
import { failureText } from '../../support/failure-text.ts'
import { leapingClock } from '../../support/leaping-clock.ts'
import { logSink } from '../../support/log-sink.ts'
import { startS3 } from '../../support/object-stores.ts'

const zone: ScopeRef = { kind: 'zone', id: '1'.repeat(32) }
const account: ScopeRef = { kind: 'account', id: '2'.repeat(32) }
const conf = new Secret('s3://quay-logs/workers/{DATE}?region=us-east-1')
const signal = new AbortController().signal
const dayMs = 24 * 3_600_000

function jwt(expMs: number, mark = 'x'): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256' })}.${part({ exp: expMs / 1000, mark })}.c2lnbmF0dXJl`
}

/** A Cloudflare that writes challenge files into `files`, and accepts what it wrote for that destination. */
function fakeCloudflare(files: Map<string, string>, clock: { now(): number }) {
  const requests: string[] = []
  const tokens = new Map<string, string>()
  const keyOf = (scope: ScopeRef, destination: Secret) => `${scope.kind} ${destination.reveal()}`
  const api: OwnershipApi = {
    async requestChallenge(scope, destination) {
      requests.push(keyOf(scope, destination))
      const token = jwt(clock.now() + 7 * dayMs, `token ${requests.length}`)
      tokens.set(keyOf(scope, destination), token)
      const filename = `workers/20261124/ownership-challenge-${requests.length}.txt`
      files.set(`s3://quay-logs/${filename}`, `${token}\n`)
      return { filename, valid: true, message: '' }
    },
    async validateChallenge(scope, destination, token) {
      return { valid: tokens.get(keyOf(scope, destination)) === token.reveal() }
    },
  }
  return { api, requests }
}

function readerOf(files: ReadonlyMap<string, string>): ObjectReader {
  return {
    read: async (location) => {
      const text = files.get(locationTitle(location))
      return text === undefined ? 'absent' : new Secret(text)
    },
  }
}

function setUp(over: { reader?: ObjectReader; cache?: ChallengeCache; waitMs?: number } = {}) {
  const clock = leapingClock()
  const files = new Map<string, string>()
  const cloudflare = fakeCloudflare(files, clock)
  const cache = over.cache ?? createMemoryChallengeCache()
  const deps = {
    ownership: cloudflare.api,
    reader: over.reader ?? readerOf(files),
    cache,
    clock,
    call: aCaller({ clock }),
    waitMs: over.waitMs ?? 120_000,
  }
  const steps: ChallengeStep[] = []
  const options = { signal, onStep: (step: ChallengeStep) => steps.push(step) }
  return { clock, files, cloudflare, deps, steps, options, challenges: createChallenges(deps) }
}

function denied(kind: ApiFailureKind = 'forbidden'): ApiFailure {
  return new ApiFailure(kind, 'access denied', { operation: 'read' })
}

t.test('a challenge is asked for once for each scope and exact destination', async (t) => {
  const { challenges, cloudflare, options, steps } = setUp()
  const need = { scope: zone, destinationConf: conf }
  const [one, two] = await Promise.all([
    challenges.tokenFor(need, options),
    challenges.tokenFor({ ...need }, options),
  ])
  t.ok(one.equals(two))
  t.notMatch(one.reveal(), /\s/, 'the token comes without the line end of the file')
  const other = { scope: zone, destinationConf: new Secret('s3://quay-logs/workers?region=us-east-1') }
  t.notOk((await challenges.tokenFor(other, options)).equals(one), 'another path is another destination')
  await challenges.tokenFor({ scope: account, destinationConf: conf }, options)
  t.equal(cloudflare.requests.length, 3)
  t.same(steps.slice(0, 2), [
    { step: 'requested', location: 's3://quay-logs/workers/20261124/ownership-challenge-1.txt' },
    { step: 'read', location: 's3://quay-logs/workers/20261124/ownership-challenge-1.txt' },
  ])
})

t.test('the next run uses the token until it expires, then asks again', async (t) => {
  const cache = createMemoryChallengeCache()
  const first = setUp({ cache })
  const need = { scope: zone, destinationConf: conf }
  await first.challenges.tokenFor(need, first.options)
  const again = createChallenges(first.deps)
  await again.tokenFor(need, first.options)
  t.equal(first.cloudflare.requests.length, 1)
  t.same(first.steps.at(-1), { step: 'cached' })
  first.clock.leap(7 * dayMs - 30_000)
  await createChallenges(first.deps).tokenFor(need, first.options)
  t.equal(first.cloudflare.requests.length, 2, 'a token about to expire is replaced')
  await again.recheck(need, { signal })
  await again.tokenFor(need, first.options)
  t.equal(first.cloudflare.requests.length, 3, 'a token that Cloudflare does not accept any more is replaced')
  await again.recheck(need, { signal })
  await again.tokenFor(need, first.options)
  t.equal(first.cloudflare.requests.length, 3, 'one that it does accept is kept')
})

t.test('denied, absent and half-written are waited out; the pauses grow', async (t) => {
  const answers: (Secret | 'absent' | ApiFailure)[] = [
    denied(),
    'absent',
    denied('unavailable'),
    new Secret('  \n'),
    new Secret(jwt(Date.UTC(2026, 10, 23))),
  ]
  const files = new Map<string, string>()
  const late = readerOf(files)
  const reader: ObjectReader = {
    read: async (location, options) => {
      const next = answers.shift()
      if (next instanceof ApiFailure) throw next
      return next ?? late.read(location, options)
    },
  }
  const { challenges, options, clock, cloudflare, deps } = setUp({ reader })
  const ownership = fakeCloudflare(files, clock)
  Object.assign(deps, { ownership: ownership.api })
  await challenges.tokenFor({ scope: zone, destinationConf: conf }, options)
  t.same(clock.slept, [500, 1000, 2000, 4000, 8000])
  t.equal(ownership.requests.length + cloudflare.requests.length, 1)
})

t.test('a file that does not come in time is looked for again by the next run', async (t) => {
  const cache = createMemoryChallengeCache()
  const files = new Map<string, string>()
  const run = setUp({ cache, waitMs: 10_000, reader: readerOf(files) })
  const need = { scope: zone, destinationConf: conf }
  t.equal(
    await failureText(run.challenges.tokenFor(need, run.options)),
    'timeout: the challenge file did not appear in time at s3://quay-logs/workers/20261124/ownership-challenge-1.txt (not there yet); run again to retry, or raise --wait',
  )
  t.equal(run.clock.monotonic(), 10_000, 'the limit is kept to the millisecond')
  for (const [path, text] of run.files) files.set(path, text)
  await createChallenges(run.deps).tokenFor(need, run.options)
  t.equal(run.cloudflare.requests.length, 1, 'the file that was asked for before is used')
})

t.test('what waiting cannot help fails at once, and an interrupt ends the waiting', async (t) => {
  for (const kind of ['auth', 'not_found', 'invalid_request'] as const) {
    const run = setUp({ reader: { read: () => Promise.reject(denied(kind)) } })
    const need = { scope: zone, destinationConf: conf }
    t.equal(await failureText(run.challenges.tokenFor(need, run.options)), `${kind}: access denied`)
    t.same(run.clock.slept, [])
  }
  const controller = new AbortController()
  const run = setUp({
    reader: {
      read: async () => {
        controller.abort()
        return 'absent'
      },
    },
  })
  const need = { scope: zone, destinationConf: conf }
  t.equal(
    await failureText(run.challenges.tokenFor(need, { signal: controller.signal })),
    'aborted: interrupted while waiting for the challenge file',
  )
})

t.test('an unclear or bad answer to the request is not repeated, and quotes no secret', async (t) => {
  const azure = new Secret(
    'azure://quaylogs.blob.core.windows.net/logs/a?sv=2024-11-04&sp=w&sig=CANARY%2Fsecret',
  )
  const answer = async (filename: string, valid: boolean, message: string) => {
    const run = setUp()
    let calls = 0
    const ownership: OwnershipApi = {
      ...run.deps.ownership,
      requestChallenge: async () => {
        calls += 1
        return { filename, valid, message }
      },
    }
    const challenges = createChallenges({ ...run.deps, ownership })
    const outcome = await challenges
      .tokenFor({ scope: zone, destinationConf: azure }, run.options)
      .catch((error: Error) => error.message)
    return `${calls} ${String(outcome)}`
  }
  t.equal(
    await answer('', false, 'error writing object'),
    '1 Cloudflare could not write a challenge file to azure://quaylogs.blob.core.windows.net/logs/a?*** (error writing object); use a SAS of the blob service (ss=b) that may write objects (srt=o, sp with w) and has not expired',
  )
  t.equal(
    await answer('', true, ''),
    '1 Cloudflare named no challenge file for azure://quaylogs.blob.core.windows.net/logs/a?***; find the new ownership-challenge file there and submit it with "provision ownership confirm"',
  )
})

t.test('by hand: request, read, confirm, and apply finds the token', async (t) => {
  const run = setUp()
  const need = { scope: zone, destinationConf: conf }
  const { filename } = await requestChallenge(run.deps, need, { signal })
  const [place] = challengeLocations(conf, filename)
  if (place === undefined) throw new Error('no place')
  const token = tokenIn(new Secret(run.files.get(locationTitle(place)) ?? ''))
  if (token === null) throw new Error('no token')
  const { expiresAt } = await confirmChallenge(run.deps, need, token, { signal })
  t.equal(expiresAt, run.clock.now() + 7 * dayMs)
  const next = createChallenges(run.deps)
  t.ok((await next.tokenFor(need, run.options)).equals(token))
  t.equal(run.cloudflare.requests.length, 1)

  t.equal(
    await failureText(
      confirmChallenge(run.deps, { scope: account, destinationConf: conf }, token, { signal }),
    ),
    '1: Cloudflare does not accept this token for s3://quay-logs/workers/{DATE}?region=us-east-1: a token is valid only for the exact account and destination string it was requested for; request a new one with "provision ownership request"',
  )
  t.match(
    await failureText(confirmChallenge(run.deps, need, new Secret(jwt(Date.UTC(2026, 10, 1))), { signal })),
    /expired at 2026-11-01T00:00:00.000Z/,
  )
  const sumo = new Secret('sumo://endpoint1.collection.us2.sumologic.com/receiver/v1/http/CANARY')
  const sumoNeed = { scope: zone, destinationConf: sumo }
  t.equal(
    await failureText(createChallenges(run.deps).tokenFor(sumoNeed, run.options)),
    `1: Cloudflare requires proof that you own sumo://endpoint1.collection.us2.sumologic.com/***, and its challenge file cannot be read automatically: run "provision ownership request", find the token, run "provision ownership confirm", and apply again`,
  )
})

t.test('where a challenge file lies, and how to read it by hand', async (t) => {
  const s3 = new Secret(
    's3://b/a/{DATE}?region=eu-west-1&access-key-id=K&secret-access-key=CANARY&endpoint=s3.example.com',
  )
  const places = (text: string, name: string) =>
    challengeLocations(new Secret(text), name).map((place) => [
      locationTitle(place),
      readCommand(place, 'token.txt'),
    ])
  t.same(places('s3://b/a?region=r', '/a/f.txt'), [
    ['s3://b/a/f.txt', 'aws s3 cp "s3://b/a/f.txt" token.txt'],
  ])
  t.same(places(s3.reveal(), 'a/f.txt'), [
    ['s3://b/a/f.txt', 'aws s3 cp "s3://b/a/f.txt" token.txt --endpoint-url https://s3.example.com'],
  ])
  t.same(places('gs://b/a', 'b/a/f.txt'), [
    ['gs://b/b/a/f.txt', 'gcloud storage cp "gs://b/b/a/f.txt" token.txt'],
    ['gs://b/a/f.txt', 'gcloud storage cp "gs://b/a/f.txt" token.txt'],
  ])
  t.same(places('azure://acc.blob.core.windows.net/cont/dir?sig=CANARY', 'dir/f.txt'), [
    [
      'azure://acc/cont/dir/f.txt',
      'az storage blob download --account-name acc --container-name cont --name "dir/f.txt" --file token.txt',
    ],
  ])
  t.same(places('r2://b/a?account-id=abc&access-key-id=K&secret-access-key=CANARY', 'a/f.txt'), [
    [
      'r2://b/a/f.txt',
      'aws s3 cp "s3://b/a/f.txt" token.txt --endpoint-url https://abc.r2.cloudflarestorage.com',
    ],
  ])
  t.same(places('sumo://h/receiver/v1/http/CANARY', 'f.txt'), [])
  t.equal(tokenExpiry(new Secret('not a token')), null)
  t.equal(tokenExpiry(new Secret('a.%%%.c')), null)
  t.equal(tokenIn(new Secret('<html> no token</html>')), null)
})

t.test('the cache file is private, atomic, hashed, and never in the way', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'challenge-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'deep', 'challenges.json')
  const clock = leapingClock()
  const log = logSink()
  const open = () => createChallengeCache({ path, pid: process.pid, clock, log })
  const secretConf = new Secret('azure://a.blob.core.windows.net/c?sig=CANARY-SAS')
  const cache = open()
  t.equal(await cache.load(zone, secretConf), null)
  const expiresAt = clock.now() + dayMs
  await Promise.all([
    cache.save(zone, secretConf, { state: 'token', token: new Secret('TOKEN'), expiresAt }),
    cache.save(account, secretConf, { state: 'requested', filename: 'f.txt', requestedAt: clock.now() }),
    cache.save(zone, conf, { state: 'token', token: new Secret('OTHER'), expiresAt: clock.now() + 10 }),
  ])
  const again = open()
  const found = await again.load(zone, secretConf)
  t.equal(found?.state === 'token' && found.token.reveal(), 'TOKEN')
  t.match(await again.load(account, secretConf), { state: 'requested', filename: 'f.txt' })
  t.equal((await stat(path)).mode & 0o777, 0o600)
  t.equal((await stat(join(folder, 'deep'))).mode & 0o777, 0o700)
  t.same(await readdir(join(folder, 'deep')), ['challenges.json'], 'no temporary file is left')
  const text = await readFile(path, 'utf8')
  t.notMatch(text, /CANARY|blob\.core/)
  clock.leap(20)
  t.equal(await again.load(zone, conf), null, 'what has expired is gone')
  await again.forget(zone, secretConf)
  t.equal(await open().load(zone, secretConf), null)
  clock.leap(8 * dayMs)
  t.equal(await open().load(account, secretConf), null, 'an old request is forgotten')

  await writeFile(path, '{"version":1,"challenges":')
  t.equal(await open().load(zone, conf), null)
  await open().save(zone, conf, { state: 'token', token: new Secret('NEW'), expiresAt: clock.now() + dayMs })
  t.match(await open().load(zone, conf), { state: 'token' }, 'a broken file is replaced')
  const blocked = createChallengeCache({ path: join(path, 'x', 'y.json'), pid: 1, clock, log })
  await blocked.save(zone, conf, { state: 'requested', filename: 'f', requestedAt: 0 })
  t.equal(await blocked.load(zone, conf), null)
  t.match(
    log.lines.map((line) => line.message),
    ['cache not read', 'cache not read', 'cache not read', 'cache not written', 'cache not read'],
  )
  t.notMatch(JSON.stringify(log.lines), /CANARY|TOKEN|OTHER|NEW/)
})

t.test('for real: the file that "Cloudflare" puts into S3 is found and read', async (t) => {
  const store = await startS3(['quay-logs'])
  t.teardown(store.stop)
  const keys = { env: { ...process.env } }
  process.env.AWS_ACCESS_KEY_ID = 'S3RVER'
  process.env.AWS_SECRET_ACCESS_KEY = 'S3RVER'
  t.teardown(() => {
    process.env = keys.env
  })
  const run = setUp({ reader: createObjectReader({ s3: { endpoint: store.endpoint } }) })
  let looks = 0
  const clock = {
    ...run.clock,
    sleep: async (ms: number, stop: AbortSignal) => {
      looks += 1
      if (looks === 2) {
        for (const [path, text] of run.files)
          await store.put('quay-logs', path.slice('s3://quay-logs/'.length), text)
      }
      await run.clock.sleep(ms, stop)
    },
  }
  const token = await createChallenges({ ...run.deps, clock }).tokenFor(
    { scope: zone, destinationConf: conf },
    run.options,
  )
  t.equal(looks, 2)
  t.ok(tokenExpiry(token))
})
