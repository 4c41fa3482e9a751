import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import type { OwnershipApi } from '../../../src/ports/cloudflare.ts'
import { confirmChallenge, requestChallenge } from '../../../src/provision/ownership/challenge-request.ts'
import { challengeLifeMs } from '../../../src/provision/ownership/challenge-token.ts'
import { createMemoryChallengeCache } from '../../../src/runtime/challenge-cache.ts'
import { aCaller } from '../../support/callers.ts'
import { failureText } from '../../support/failure-text.ts'
import { leapingClock } from '../../support/leaping-clock.ts'
import { account } from '../../support/provision-values.ts'

/* Asking for a challenge, and confirming a token that was read by hand. */

const signal = new AbortController().signal
const gcs = { scope: account, destinationConf: new Secret('gs://quay-logs/dns') }
const sumo = {
  scope: account,
  destinationConf: new Secret('sumo://endpoint1.collection.us2.sumologic.com/receiver/v1/http/canary'),
}

function deps(answer: Awaited<ReturnType<OwnershipApi['requestChallenge']>>, valid = true) {
  const clock = leapingClock()
  return {
    clock,
    cache: createMemoryChallengeCache(),
    call: aCaller({ clock }),
    ownership: {
      requestChallenge: async () => answer,
      validateChallenge: async () => ({ valid }),
    },
  }
}

const written = { filename: 'dns/f.txt', valid: true, message: '' }

t.test('the name of the file is remembered where the file can be read', async (t) => {
  const made = deps(written)
  t.same(await requestChallenge(made, gcs, { signal }), { filename: 'dns/f.txt' })
  t.same(await made.cache.load(account, gcs.destinationConf), {
    state: 'requested',
    filename: 'dns/f.txt',
    requestedAt: made.clock.now(),
  })
})

t.test('elsewhere the name may be secret, so only that one was asked for is remembered', async (t) => {
  const made = deps({ ...written, filename: 'canary-name' })
  await requestChallenge(made, sumo, { signal })
  t.match(await made.cache.load(account, sumo.destinationConf), { state: 'requested', filename: '' })
})

t.test('a refusal says why, as far as Cloudflare told, and what to grant', async (t) => {
  const said = (message: string, need = gcs) =>
    failureText(requestChallenge(deps({ filename: '', valid: false, message }), need, { signal }))
  const start = 'invalid_request: Cloudflare could not write a challenge file to gs://quay-logs/dns'
  t.ok((await said('')).startsWith(`${start}; `))
  t.ok((await said('no bucket')).startsWith(`${start} (no bucket); `))
  t.match(await said('', sumo), /; check the destination and its credentials$/)
  const odd = { scope: account, destinationConf: new Secret('new-kind://x') }
  t.match(await said('', odd), /; check the destination and its credentials$/)
})

t.test('a token is confirmed until the moment it expires', async (t) => {
  const made = deps(written)
  const token = (expiresAt: number) =>
    new Secret(`x.${Buffer.from(JSON.stringify({ exp: expiresAt / 1000 })).toString('base64url')}.y`)
  const now = made.clock.now()
  t.equal(
    await failureText(confirmChallenge(made, gcs, token(now), { signal })),
    `1: the token for gs://quay-logs/dns expired at ${new Date(now).toISOString()}; request a new one with "provision ownership request"`,
  )
  t.equal(await made.cache.load(account, gcs.destinationConf), null)
  t.same(await confirmChallenge(made, gcs, token(now + 1), { signal }), { expiresAt: now + 1 })
  t.match(await made.cache.load(account, gcs.destinationConf), { state: 'token', expiresAt: now + 1 })
  t.same(await confirmChallenge(made, gcs, new Secret('says-no-end'), { signal }), {
    expiresAt: now + challengeLifeMs,
  })
})

t.test('a token that Cloudflare does not accept is not kept', async (t) => {
  const made = deps(written, false)
  t.match(
    await failureText(confirmChallenge(made, gcs, new Secret('says-no-end'), { signal })),
    /^1: Cloudflare does not accept this token for gs:\/\/quay-logs\/dns: a token is valid only for the exact account /,
  )
  t.equal(await made.cache.load(account, gcs.destinationConf), null)
})
