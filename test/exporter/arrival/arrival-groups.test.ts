import t from 'tap'
import type { ArrivalRule } from '../../../src/domain/arrival/arrival-rule.ts'
import type { JobSummary } from '../../../src/domain/job/job.ts'
import type { Scope } from '../../../src/domain/scope.ts'
import { arrivalGroups, arrivalOf, type WatchedScope } from '../../../src/exporter/arrival/arrival-groups.ts'
import { arrivalRule, quayLogs, storedJob } from '../../support/arrival-core.ts'
import { quayAccount, zone } from '../../support/exporter-core.ts'

const one = zone('one.example')
const dns = { ...quayLogs, path: 'dns' }
const strict: ArrivalRule = { ...arrivalRule, match: { jobId: '101' }, tolerance: 1 }

const watched = (scope: Scope, ...jobs: readonly JobSummary[]): WatchedScope => ({
  scope,
  jobs: new Map(jobs.map((summary) => [summary.id, { summary }])),
})
const groups = (scopes: readonly WatchedScope[], rules: readonly ArrivalRule[] = [arrivalRule]) =>
  [...arrivalGroups(scopes, rules).values()].map(({ jobs, rule }) => ({
    ids: jobs.map(({ id }) => id),
    rule,
  }))
const ids = (...args: Parameters<typeof groups>) => groups(...args).map((group) => group.ids)

t.test('jobs of one folder are one place, by number, whichever scope they are of', async (t) => {
  const scopes = [
    watched(one, storedJob('1000'), storedJob('99')),
    watched(quayAccount, storedJob('101'), storedJob('98'), storedJob('5', { place: dns })),
  ]
  t.same(ids(scopes), [['5'], ['98', '99', '101', '1000']])
  const [, group] = arrivalGroups(scopes, [arrivalRule]).values()
  t.same(
    group?.jobs.map(({ scope }) => scope),
    [`account:${quayAccount.id}`, `zone:${one.id}`, `account:${quayAccount.id}`, `zone:${one.id}`],
  )
})

t.test('a place is known by its key, and read by the rule of its first job', async (t) => {
  const scopes = [watched(one, storedJob('101'), storedJob('99'))]
  t.same(groups(scopes, [strict, arrivalRule]), [{ ids: ['99', '101'], rule: arrivalRule }])
  const all = arrivalGroups([watched(one, storedJob('101'), storedJob('102'))], [strict, arrivalRule])
  t.same(
    [...all].map(([key, group]) => [key === group.key, group.rule, group.place]),
    [[true, strict, quayLogs]],
  )
})

t.test('without a rule, or where none fits, nothing is read', async (t) => {
  const scopes = [watched(one, storedJob('101'), storedJob('102', { destinationType: 'r2' }))]
  t.same(ids(scopes, []), [])
  t.same(ids(scopes, [strict]), [['101']])
  t.same(ids(scopes, [{ ...arrivalRule, match: { destinationType: 'gcs' } }]), [])
  t.same(ids([], [arrivalRule]), [])
})

t.test('a destination that has no folder is not read, unless the rule names where records are', async (t) => {
  const job = storedJob('101', { place: null })
  t.equal(arrivalOf([arrivalRule], job, { scope: one }), null)
  const place = {
    store: 'elastic',
    url: 'https://es.example',
    index: 'logs',
    timeField: '@timestamp',
    query: null,
  } as const
  const rule: ArrivalRule = { ...arrivalRule, read: { kind: 'elastic', place, apiKeyFile: null } }
  t.same(arrivalOf([rule], job, { scope: one }), { rule, place })
  t.same(arrivalOf([rule], storedJob('101'), { scope: one }), { rule, place })
})

t.test('a rule can name the zone, the account or the bucket of its jobs', async (t) => {
  const fits = (match: ArrivalRule['match'], scope: Scope = one, job = storedJob('101')) =>
    arrivalOf([{ ...arrivalRule, match }], job, { scope }) !== null
  t.ok(fits({ zone: 'one.example' }))
  t.notOk(fits({ zone: 'two.example' }))
  t.notOk(fits({ zone: 'Quay' }, quayAccount), 'a job of an account is in no zone')
  t.ok(fits({ account: 'Quay' }))
  t.ok(fits({ account: 'Quay' }, quayAccount))
  t.ok(fits({ bucket: 'quay-logs' }))
  t.notOk(fits({ bucket: 'other' }))
  t.notOk(fits({ bucket: 'quay-logs' }, one, storedJob('101', { place: null })))
})
