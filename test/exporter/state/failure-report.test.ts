import t from 'tap'
import { ApiFailure, type ApiFailureKind } from '../../../src/errors.ts'
import { createFailureReport } from '../../../src/exporter/state/failure-report.ts'
import { failed, neverPolled, succeeded } from '../../../src/exporter/state/poll-state.ts'
import { newScopeState } from '../../../src/exporter/state/scope-state.ts'
import { zone } from '../../support/exporter-core.ts'
import { logSink } from '../../support/log-sink.ts'

function scopeWith(name: string, kind: ApiFailureKind | null) {
  const state = newScopeState(zone(name), { account: 'Quay', zone: name })
  const health =
    kind === null
      ? succeeded(1)
      : failed(neverPolled, new ApiFailure(kind, `${kind} there`, { operation: 'list jobs' }), 1)
  return { ...state, health }
}

function reporting() {
  const log = logSink()
  const report = createFailureReport(log, {
    begins: (kind) => `begins: ${kind}`,
    ends: 'ended',
    of: ({ health }) => health,
  })
  return (...scopes: readonly ReturnType<typeof scopeWith>[]) => {
    report(scopes)
    return log.taken()
  }
}

t.test('one line when a kind of failure begins, one when it has ended everywhere', async (t) => {
  const read = reporting()
  const [a, b] = [scopeWith('a.example', 'forbidden'), scopeWith('b.example', 'forbidden')]
  const well = scopeWith('a.example', null)
  t.strictSame(read(well), [])
  t.strictSame(read(a), [
    {
      level: 'warn',
      message: 'begins: forbidden',
      kind: 'forbidden',
      scopes: 1,
      first: ['zone a.example'],
      reason: 'forbidden there',
    },
  ])
  t.strictSame(read(a, b), [], 'one more scope is no news')
  t.strictSame(read(well, b), [], 'it has not ended everywhere')
  t.strictSame(read(well), [{ level: 'info', message: 'ended', kind: 'forbidden' }])
  t.match(read(b), [{ message: 'begins: forbidden' }], 'it can begin again')
})

t.test('each kind of failure is told for itself', async (t) => {
  const read = reporting()
  const forbidden = scopeWith('a.example', 'forbidden')
  const unavailable = scopeWith('b.example', 'unavailable')
  t.match(read(forbidden, unavailable), [{ kind: 'forbidden' }, { kind: 'unavailable' }])
  t.strictSame(read(forbidden), [{ level: 'info', message: 'ended', kind: 'unavailable' }])
})

t.test('of many scopes the first five are named, and all are counted', async (t) => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `${letter}.example`)
  const [line] = reporting()(...names.map((name) => scopeWith(name, 'network')))
  t.match(line, { scopes: 7, first: names.slice(0, 5).map((name) => `zone ${name}`) })
})
