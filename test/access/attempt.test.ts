import t from 'tap'
import { attempt, isRefusal } from '../../src/access/attempt.ts'
import { ApiFailure, type ApiFailureKind } from '../../src/errors.ts'

const failed = (kind: ApiFailureKind) => new ApiFailure(kind, `it was ${kind}`, { operation: 'test' })
const rejecting = (error: Error) => attempt(() => Promise.reject(error))

t.test('what was tried gives its value or the failure of the outside', async (t) => {
  const failure = failed('network')
  t.same(await attempt(async () => 7), { ok: true, value: 7 })
  t.same(await rejecting(failure), { ok: false, failure })
})

t.test('that we gave up ourselves, and our own errors, are thrown on', async (t) => {
  for (const error of [failed('aborted'), new TypeError('a bug')]) await t.rejects(rejecting(error), error)
})

t.test('a refusal is a no to the token or to what was asked', async (t) => {
  const refusals = ['forbidden', 'auth', 'not_found', 'invalid_request'] as const
  for (const kind of refusals) t.ok(isRefusal(failed(kind)), kind)
  for (const kind of ['network', 'timeout', 'unavailable', 'rate_limited', 'aborted'] as const)
    t.notOk(isRefusal(failed(kind)), kind)
})
