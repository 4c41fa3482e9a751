import t from 'tap'
import { logChanges } from '../../../src/exporter/inventory/change-log.ts'
import type { JobChange } from '../../../src/exporter/state/job-change.ts'
import { newScopeState } from '../../../src/exporter/state/scope-state.ts'
import { quayAccount, zone } from '../../support/exporter-core.ts'
import { logSink } from '../../support/log-sink.ts'
import { aSummary } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const one = zone('one.example')
const change = (what: JobChange['change'], id = '7'): JobChange => ({
  change: what,
  job: {
    summary: aSummary(id, now, { failure: { reason: 'auth', message: '403 Forbidden' } }),
    failingSince: null,
    disabledByFailure: null,
    firstSeen: now,
  },
})

function logged(changes: readonly JobChange[], scope: typeof one | typeof quayAccount = one) {
  const log = logSink()
  logChanges(log, newScopeState(scope, { account: 'Quay', zone: scope.name }), changes)
  return log.taken()
}

t.test('a change is a line that says which job of which place', async (t) => {
  t.match(logged([change('disabled')]), [
    { message: 'job disabled', account: 'Quay', zone: 'one.example', zone_id: one.id, job_id: '7' },
  ])
  t.match(logged([change('enabled')], quayAccount), [{ account_id: quayAccount.id }])
})

t.test(
  'what somebody has to look into is a warning with its reason, a job that is only new is for debugging',
  async (t) => {
    for (const what of ['failing', 'disabled_by_failure'] as const)
      t.match(logged([change(what)]), [{ level: 'warn', reason: 'auth', error: '403 Forbidden' }], what)
    for (const what of ['enabled', 'disabled', 'deleted', 'changed', 'recovered'] as const) {
      const [line = {}] = logged([change(what)])
      t.match(line, { level: 'info' }, what)
      t.notOk('error' in line, what)
    }
    t.match(logged([change('appeared')]), [{ level: 'debug' }])
  },
)

t.test('a job that is off without an error known is disabled for another reason', async (t) => {
  const { job } = change('disabled_by_failure')
  const without = { ...job, summary: aSummary('7', now) }
  t.match(logged([{ change: 'disabled_by_failure', job: without }]), [{ reason: 'other', job_id: '7' }])
})

t.test('ten equal changes are ten lines, more are one that names the first ten', async (t) => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => change('deleted', String(index)))
  t.equal(logged(many(10)).length, 10)
  const [line, ...more] = logged([...many(11), change('enabled', '77')])
  t.match(line, { message: 'job deleted, one of many', jobs: 11, first: many(10).map((_, id) => String(id)) })
  t.match(more, [{ message: 'job enabled', job_id: '77' }])
  t.equal(more.length, 1)
})
