import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { ApiFailure } from '../../../src/errors.ts'
import { locationTitle } from '../../../src/ports/object-reader.ts'
import {
  type ChallengeFileDeps,
  type ChallengeStep,
  isFound,
  lookForToken,
  waitForFile,
} from '../../../src/provision/ownership/challenge-file.ts'
import { challengeLocations } from '../../../src/provision/ownership/challenge-location.ts'
import { challengeLifeMs } from '../../../src/provision/ownership/challenge-token.ts'
import { aCaller } from '../../support/callers.ts'
import { leapingClock } from '../../support/leaping-clock.ts'
import { account } from '../../support/provision-values.ts'

/* One look at the places where a challenge file may lie, and the wait for one. */

const signal = new AbortController().signal
const need = { scope: account, destinationConf: new Secret('gs://quay-logs/dns') }
/** Two places: the name begins with the bucket's own. */
const places = challengeLocations(need.destinationConf, 'quay-logs/f.txt')
const denied = new ApiFailure('forbidden', 'access denied', { operation: 'read' })

type Answer = string | ApiFailure | null

/** A token that expires so long after the start of the clock. */
function token(lifeMs: number): string {
  const claims = JSON.stringify({ exp: (leapingClock().now() + lifeMs) / 1000 })
  return `x.${Buffer.from(claims).toString('base64url')}.y`
}

/** `answers`: what each read finds; null: nothing is there. */
function deps(answers: readonly Answer[], valid: boolean | ApiFailure = true) {
  const clock = leapingClock()
  const read: string[] = []
  const left = [...answers]
  const made: ChallengeFileDeps = {
    clock,
    waitMs: 3_000,
    call: aCaller({ clock }),
    reader: {
      read: async (location) => {
        read.push(locationTitle(location))
        const answer = left.shift() ?? null
        if (answer instanceof ApiFailure) throw answer
        return answer === null ? 'absent' : new Secret(answer)
      },
    },
    ownership: {
      requestChallenge: async () => ({ filename: '', valid: true, message: '' }),
      validateChallenge: async () => {
        if (valid instanceof ApiFailure) throw valid
        return { valid }
      },
    },
  }
  return { made, read, clock }
}

async function look(answers: readonly Answer[], valid: boolean | ApiFailure = true) {
  const found = await lookForToken(deps(answers, valid).made, need, places, { signal })
  if (found instanceof ApiFailure) return found.message
  return typeof found === 'string' ? found : `${found.token.reveal()} at ${locationTitle(found.location)}`
}

const [first = '', second = ''] = places.map(locationTitle)

t.test(
  'a token counts when it is good for more than a minute and Cloudflare does not refuse it',
  async (t) => {
    t.equal(places.length, 2)
    const busy = new ApiFailure('invalid_request', 'cannot say', { operation: 'test' })
    for (const [text, valid, found] of [
      [token(60_001), true, `${token(60_001)} at ${first}`],
      [token(60_000), true, 'stale'],
      [token(-1), true, 'stale'],
      [token(60_001), false, 'stale'],
      [token(60_001), busy, `${token(60_001)} at ${first}`],
      ['says-no-end', true, `says-no-end at ${first}`],
      ['  \n', true, 'nothing'],
      ['two words', true, 'nothing'],
    ] as const)
      t.equal(await look([text], valid), found)
  },
)

t.test('the second place is looked at where the first one has no token', async (t) => {
  const good = token(100_000)
  for (const [answers, found] of [
    [[good], `${good} at ${first}`],
    [[null, good], `${good} at ${second}`],
    [[denied, good], `${good} at ${second}`],
    [[token(0), good], `${good} at ${second}`],
    [[null, null], 'nothing'],
    [[denied, null], 'access denied'],
    [[null, denied], 'access denied'],
    [[denied, new ApiFailure('timeout', 'late', { operation: 'read' })], 'access denied'],
    [[token(0), denied], 'stale'],
    [[denied, token(0)], 'stale'],
  ] as const)
    t.equal(await look(answers), found)
})

t.test('a token that does not say when it expires lives as long as Cloudflare lets them', async (t) => {
  const { made, clock } = deps(['says-no-end'])
  const found = await lookForToken(made, need, places, { signal })
  t.equal(isFound(found) && found.expiresAt, clock.now() + challengeLifeMs)
  const own = await lookForToken(deps([token(90_000)]).made, need, places, { signal })
  t.equal(isFound(own) && own.expiresAt, clock.now() + 90_000)
})

t.test('each wait says for what and why, and the last one ends at the limit', async (t) => {
  const steps: ChallengeStep[] = []
  const onStep = (step: ChallengeStep) => steps.push(step)
  const { made, clock, read } = deps([null, null, denied, null, token(0), null, null, null, null])
  const failure = await waitForFile(made, need, 'quay-logs/f.txt', { signal, onStep }).catch(
    (error: unknown) => error,
  )
  t.ok(failure instanceof ApiFailure)
  t.match(failure, {
    kind: 'timeout',
    message: `the challenge file did not appear in time at ${first} (not there yet); run again to retry, or raise --wait`,
  })
  t.same(steps, [
    { step: 'requested', location: first },
    { step: 'waiting', location: first, reason: 'not there yet' },
    { step: 'waiting', location: first, reason: 'access denied' },
    {
      step: 'waiting',
      location: first,
      reason: 'the file there contains the token of another challenge',
    },
  ])
  t.same(clock.slept, [500, 1_000, 1_500])
  t.equal(read.length, 8)
})

t.test('a long wait looks every ten seconds', async (t) => {
  const { made, clock } = deps([])
  const late = { ...made, waitMs: 40_000 }
  await t.rejects(waitForFile(late, need, 'f.txt', { signal }))
  t.same(clock.slept, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 4_500])
})
