import t from 'tap'
import type { AuditEntry } from '../../../src/domain/job/audit-entry.ts'
import type { Scope } from '../../../src/domain/scope.ts'
import { createAuditQuestions } from '../../../src/exporter/audit/audit-questions.ts'
import type { JobChange } from '../../../src/exporter/state/job-change.ts'
import { newScopeState } from '../../../src/exporter/state/scope-state.ts'
import { quay, zone } from '../../support/exporter-core.ts'
import { aSummary } from '../../support/status-world.ts'

const minute = 60_000
const now = Date.UTC(2026, 10, 24, 3)
const before = now - minute
const scopeOf = (scope: Scope) => newScopeState(scope, { account: 'Quay', zone: scope.name })
const one = scopeOf(zone('one.example'))

const change = (id: string, what: JobChange['change']): JobChange => ({
  change: what,
  job: {
    summary: aSummary(id, now),
    failingSince: null,
    disabledByFailure: null,
    firstSeen: now,
  },
})

const entry = (jobId: string, at: number): AuditEntry => ({
  id: 'e',
  at,
  jobId,
  action: 'changed',
  actor: { type: 'user', id: 'u', email: null, context: null, tokenId: null, tokenName: null },
})

t.test('what happens by itself is no question, and neither is a job that is only new to us', async (t) => {
  const asks = (what: JobChange['change'], seenBefore: number | null = before) =>
    createAuditQuestions().ask(one, [change('1', what)], seenBefore, now)
  for (const what of [
    'appeared',
    'enabled',
    'disabled',
    'deleted',
    'changed',
    'disabled_by_failure',
  ] as const)
    t.ok(asks(what), what)
  for (const what of ['failing', 'recovered'] as const) t.notOk(asks(what), what)
  t.notOk(asks('appeared', null))
  t.ok(asks('changed', null))
})

t.test('an entry answers the question of its own job, if it is of the time of the change', async (t) => {
  const questions = createAuditQuestions()
  questions.ask(one, [change('1', 'disabled_by_failure')], before, now)
  t.match(questions.of(entry('1', now)), { accountId: quay.id, jobId: '1', change: 'disabled', from: before })
  t.equal(questions.of(entry('2', now)), null, 'another job')
  const slack = 2 * minute
  t.ok(questions.of(entry('1', before - slack)))
  t.ok(questions.of(entry('1', now + slack)))
  t.equal(questions.of(entry('1', before - slack - 1)), null, 'written before the job was last seen')
  t.equal(questions.of(entry('1', now + slack + 1)), null, 'written after the change')
})

t.test('a change that happened before the start may be of any time before', async (t) => {
  const questions = createAuditQuestions()
  questions.ask(one, [change('1', 'changed')], null, now)
  t.ok(questions.of(entry('1', now - 1_000 * minute)))
})

t.test('a question is open until it is closed, its account is given up or it is too old', async (t) => {
  const questions = createAuditQuestions()
  const other = { id: 'b'.repeat(32), name: 'Other' }
  questions.ask(one, [change('1', 'changed')], before, now)
  questions.ask(scopeOf(zone('other.example', other)), [change('2', 'changed')], before, now + minute)
  const open = () => [...questions.accounts()]
  t.same(open(), [quay.id, other.id])
  questions.drop({ before: now })
  t.same(open(), [quay.id, other.id], 'as old as may be')
  questions.drop({ before: now + 1 })
  t.same(open(), [other.id])
  questions.drop({ accountId: quay.id })
  t.same(open(), [other.id])
  const question = questions.of(entry('2', now))
  questions.close(question === null ? [] : [question])
  t.same(open(), [])
  questions.ask(one, [change('1', 'changed')], before, now)
  questions.drop({ accountId: quay.id })
  t.same(open(), [])
})

t.test('without an account there is nobody to ask', async (t) => {
  const questions = createAuditQuestions()
  questions.ask(scopeOf(zone('lost.example', { id: '', name: '' })), [change('1', 'changed')], before, now)
  t.equal(questions.accounts().size, 0)
})
