import t from 'tap'
import { isUnclear, nextTry, noTries, retryTable } from '../../src/access/retry.ts'
import { ApiFailure, type ApiFailureKind } from '../../src/errors.ts'

const failed = (kind: ApiFailureKind, retryAfterMs?: number) =>
  new ApiFailure(kind, `it was ${kind}`, { operation: 'test', retryAfterMs })

const sixMinutesMs = 360_000

const passing: readonly ApiFailureKind[] = ['network', 'timeout', 'unavailable', 'bad_response', 'partial']
const lasting: readonly ApiFailureKind[] = [
  'auth',
  'forbidden',
  'not_found',
  'conflict',
  'invalid_request',
  'aborted',
]

/** The pauses that a call makes which fails the same way each time. */
function pauses(row: keyof typeof retryTable, failure: ApiFailure, random = () => 0.5): readonly number[] {
  const made: number[] = []
  for (let tries = noTries; made.length < 100; ) {
    const next = nextTry(retryTable[row], failure, tries, random)
    if (next === null) break
    made.push(next.pauseMs)
    tries = next.tries
  }
  return made
}

t.test('reads are made again where that may help, in a poll once and in a command three times', async (t) => {
  for (const kind of passing) {
    // A time-out has kept its turn for half a minute: a second one would hide the trouble for a minute.
    t.same(pauses('pollRead', failed(kind)), kind === 'timeout' ? [] : [625], kind)
    t.same(pauses('commandRead', failed(kind)), [1_000, 4_000, 10_000], kind)
  }
  for (const kind of lasting) {
    t.same(pauses('pollRead', failed(kind)), [], kind)
    t.same(pauses('commandRead', failed(kind)), [], kind)
  }
})

t.test('advice is asked for twice at most', async (t) => {
  for (const kind of passing) t.same(pauses('adviceRead', failed(kind)), [1_000], kind)
})

t.test('check asks twice, and for advice a rate limit is waited out', async (t) => {
  for (const kind of passing) t.same(pauses('checkRead', failed(kind)), [625], kind)
  t.same(
    pauses('checkRead', failed('network'), () => 0),
    [250],
  )
  t.same(
    pauses('adviceRead', failed('network'), () => 0),
    [800],
  )
  t.same(pauses('adviceRead', failed('rate_limited', 7_000)), [7_000, 7_000, 7_000, 7_000, 7_000])
})

t.test('what was understood and makes no sense is not asked for again', async (t) => {
  const settled = new ApiFailure('bad_response', 'of another shape', { operation: 'test', settled: true })
  for (const row of ['pollRead', 'commandRead', 'adviceRead'] as const) t.same(pauses(row, settled), [], row)
  t.ok(isUnclear(settled), 'a write that was answered so may have been carried out')
})

t.test('a write is never sent again after a failure that may hide its success', async (t) => {
  for (const kind of [...passing, ...lasting]) t.same(pauses('write', failed(kind)), [], kind)
  t.same(
    [...passing, ...lasting].filter((kind) => isUnclear(failed(kind))),
    passing,
  )
})

t.test('pauses differ between callers that failed together, within bounds', async (t) => {
  t.same(
    pauses('pollRead', failed('network'), () => 0),
    [250],
  )
  const [longest = 0] = pauses('pollRead', failed('network'), () => 0.999_999)
  t.ok(longest > 999 && longest < 1_000)
  t.same(
    pauses('commandRead', failed('network'), () => 0),
    [800, 3_200, 8_000],
  )
})

t.test(
  'too many requests is waited out as long as Cloudflare asks, five times, and not in a poll',
  async (t) => {
    for (const row of ['commandRead', 'write'] as const) {
      t.same(pauses(row, failed('rate_limited', 7_000)), [7_000, 7_000, 7_000, 7_000, 7_000], row)
      t.same(
        pauses(row, failed('rate_limited')),
        [10_000, 20_000, 30_000, 40_000, 50_000],
        'or longer each time',
      )
      t.same(pauses(row, failed('rate_limited', sixMinutesMs)).length, 5)
      t.same(
        pauses(row, failed('rate_limited', sixMinutesMs + 1)),
        [],
        'a wait that is too long is not begun',
      )
    }
    t.same(pauses('pollRead', failed('rate_limited', 1)), [], 'the budget pauses polls')
    t.same(pauses('checkRead', failed('rate_limited', 7_000)), [7_000], 'check tells it after one wait')
    t.same(pauses('checkRead', failed('rate_limited', 30_000)), [30_000], 'of half a minute at most')
    t.same(pauses('checkRead', failed('rate_limited', 30_001)), [], 'and nobody waits minutes for a table')
  },
)

t.test('each pause says why it is made', async (t) => {
  const reason = (failure: ApiFailure) => nextTry(retryTable.commandRead, failure, noTries, () => 0)?.reason
  t.equal(reason(failed('rate_limited', 6_001)), 'Cloudflare asks to wait 7 s')
  t.equal(reason(failed('network')), 'it was network')
})

t.test('waits and repeats are counted apart', async (t) => {
  const waited = nextTry(retryTable.commandRead, failed('rate_limited', 1), noTries, () => 0.5)
  t.same(waited?.tries, { repeats: 0, waits: 1 })
  t.equal(
    nextTry(retryTable.commandRead, failed('network'), waited?.tries ?? noTries, () => 0.5)?.pauseMs,
    1_000,
  )
})
