import t from 'tap'
import { failed, isUp, neverPolled, succeeded } from '../../../src/exporter/state/poll-state.ts'
import { failure } from '../../support/exporter-core.ts'

t.test('a poll is up or down by its last try, and neither before the first', async (t) => {
  t.equal(isUp(neverPolled), null)
  t.equal(isUp(succeeded(0)), true)
  t.equal(isUp(failed(succeeded(0), failure('timeout'), 1)), false)
  t.equal(isUp(failed(neverPolled, failure('timeout'), 1)), false)
})

t.test('a row of failures began with its first, whatever its kinds', async (t) => {
  const first = failed(succeeded(5), failure('timeout'), 7)
  t.same(first, { lastSuccess: 5, failure: { kind: 'timeout', message: 'timeout for the test', since: 7 } })
  t.match(failed(first, failure('auth'), 9), { lastSuccess: 5, failure: { kind: 'auth', since: 7 } })
  t.match(failed(succeeded(8), failure('auth'), 9), { failure: { since: 9 } })
})
