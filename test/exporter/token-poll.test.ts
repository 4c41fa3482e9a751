import t from 'tap'
import { createSelfState } from '../../src/exporter/state/self-state.ts'
import { createTokenPoll } from '../../src/exporter/token-poll.ts'
import type { TokenStatus } from '../../src/ports/cloudflare.ts'
import { aCaller } from '../support/callers.ts'
import { failure } from '../support/exporter-core.ts'
import { logSink } from '../support/log-sink.ts'
import { createSteppedClock } from '../support/stepped-clock.ts'

const day = 86_400_000
const active: TokenStatus = { id: 't', status: 'active', expiresOn: null }

const nowhere = 'none of the accounts'

/** A token that is verified at one address: an account's, or null for a user's. */
function world(at: string | null = null) {
  const clock = createSteppedClock()
  const log = logSink()
  const self = createSelfState([])
  const asked: (string | null)[] = []
  const token = { at, status: active, refusal: failure('forbidden') }
  const poll = createTokenPoll({
    api: {
      async verifyToken(accountId) {
        asked.push(accountId)
        if (accountId === token.at) return token.status
        throw token.refusal
      },
    },
    accountIds: () => ['a', 'b'],
    call: aCaller(),
    self,
    clock,
    log,
  })
  const cycle = async () => {
    asked.length = 0
    await poll.cycle(new AbortController().signal)
    return asked
  }
  const told = () => log.taken().map((line) => ('level' in line ? line.level : ''))
  return { clock, log, self, token, cycle, told }
}

t.test('whose token it is, is found by trying, and asked first from then on', async (t) => {
  const { cycle, self, token } = world('b')
  t.same(await cycle(), [null, 'a', 'b'])
  t.match(self.token, { active: true, expiresOn: null })
  t.same(await cycle(), ['b'])
  token.at = 'a'
  t.same(await cycle(), ['b', null, 'a'], 'each address once')
})

t.test('a token that is refused everywhere is not active, which is said once', async (t) => {
  const { cycle, self, told, token, log } = world(nowhere)
  t.same(await cycle(), [null, 'a', 'b'])
  t.match(self.token, { active: false, expiresOn: null })
  t.match(log.lines[0]?.message, /can take about a minute to work/)
  await cycle()
  t.same(told(), ['error'])
  token.at = null
  await cycle()
  token.at = nowhere
  await cycle()
  t.same(told(), ['error'], 'again, since it was well meanwhile')
})

t.test('a refusal long after the start is not put down to a new token', async (t) => {
  const { cycle, clock, log } = world(nowhere)
  await clock.advance(60_000)
  await cycle()
  t.notMatch(log.lines[0]?.message, /minute to work/)
})

t.test('trouble on the way says nothing of the token', async (t) => {
  const { cycle, self, token } = world(nowhere)
  token.refusal = failure('bad_response')
  await t.rejects(cycle(), /bad_response/)
  t.equal(self.token, null)
})

t.test('a token that is disabled or has expired is not active, and each is said', async (t) => {
  const { cycle, self, token, told } = world()
  for (const status of ['disabled', 'disabled', 'expired'] as const) {
    token.status = { ...active, status }
    await cycle()
    t.equal(self.token?.active, false)
  }
  t.same(told(), ['error', 'error'])
})

t.test('that it expires within two weeks is a warning, once', async (t) => {
  const { cycle, clock, self, token, told } = world()
  const expiresOn = clock.now() + 14 * day
  token.status = { ...active, expiresOn }
  await cycle()
  t.same(told(), [])
  await clock.advance(1)
  await cycle()
  await cycle()
  t.same(told(), ['warn'])
  t.match(self.token, { active: true, expiresOn })
})
