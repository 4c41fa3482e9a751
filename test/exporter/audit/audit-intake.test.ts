import t from 'tap'
import type { ActorNaming, AuditAction, AuditEntry } from '../../../src/domain/job/audit-entry.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createAuditIntake } from '../../../src/exporter/audit/audit-intake.ts'
import { createAuditQuestions } from '../../../src/exporter/audit/audit-questions.ts'
import type { JobChange } from '../../../src/exporter/state/job-change.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { quay, zone } from '../../support/exporter-core.ts'
import { logSink } from '../../support/log-sink.ts'
import { aSummary } from '../../support/status-world.ts'

const minute = 60_000
const now = Date.UTC(2026, 10, 24, 3)
const [one, two] = [zone('one.example'), zone('two.example')]

function entry(jobId: string, at: number, action: AuditAction = 'changed'): AuditEntry {
  const actor = {
    type: 'user',
    id: 'u1',
    email: 'sre@quay.example',
    context: null,
    tokenId: null,
    tokenName: null,
  }
  return { id: `${jobId} ${at}`, at, jobId, action, actor }
}

/** Two zones with a job each; the exporter was started at `now`. */
function world(naming: ActorNaming | null = 'email') {
  const state = createState()
  state.setScopes([one, two])
  for (const [scope, id] of [
    [one, '1'],
    [two, '2'],
  ] as const)
    state.jobsListed(scopeKey(scope), [aSummary(id, now)], now)
  const questions = createAuditQuestions()
  const log = logSink()
  const take = createAuditIntake({ state, questions, log, naming: () => naming, startedAt: now })
  const ask = (id: string, change: JobChange['change'], at = now) => {
    const scope = state.scope(scopeKey(one))
    if (scope === undefined) throw new Error('the zone is not watched')
    const job = { summary: aSummary(id, now), failingSince: null, disabledByFailure: null, firstSeen: now }
    questions.ask(scope, [{ change, job }], at - minute, at)
  }
  const edits = (id: string) =>
    [...state.scopes.values()].flatMap((scope) =>
      (scope.edits.get(id) ?? []).map(({ action, at }) => [action, at]),
    )
  return { state, questions, take, ask, edits, told: () => log.taken() }
}

t.test(
  'what happened in the second of the start or later is logged, what is older is only shown',
  async (t) => {
    const { take, edits, told } = world()
    take([entry('1', now - 1_000), entry('1', now - 999), entry('1', now)])
    t.same(
      edits('1').map(([, at]) => at),
      [now, now - 999, now - 1_000],
      'the newest first',
    )
    t.strictSame(told(), [
      {
        level: 'info',
        message: 'audit log: job changed',
        account: 'Quay',
        zone: 'one.example',
        job_id: '1',
        job_name: 'job 1',
        by: 'sre@quay.example',
        at: new Date(now - 999).toISOString(),
      },
      {
        level: 'info',
        message: 'audit log: job changed',
        account: 'Quay',
        zone: 'one.example',
        job_id: '1',
        job_name: 'job 1',
        by: 'sre@quay.example',
        at: new Date(now).toISOString(),
      },
    ])
  },
)

t.test('an old entry that answers a question is logged, and the question is closed', async (t) => {
  const { take, ask, told, questions } = world()
  ask('1', 'disabled', now - 5 * minute)
  t.same([...questions.accounts()], [quay.id])
  take([entry('2', now - 5 * minute)])
  t.same([told().length, questions.accounts().size], [0, 1], 'another job')
  take([entry('1', now - 5 * minute)])
  t.match(told(), [{ message: 'audit log: job disabled', job_id: '1' }])
  t.equal(questions.accounts().size, 0)
})

t.test('a listing says what was switched; what the entry itself tells stays', async (t) => {
  for (const [action, seen, shown] of [
    ['changed', 'enabled', 'enabled'],
    ['changed', 'disabled', 'disabled'],
    ['changed', 'changed', 'changed'],
    ['changed', 'deleted', 'changed'],
    ['created', 'disabled', 'created'],
    ['deleted', 'enabled', 'deleted'],
  ] as const) {
    const { take, ask, edits } = world()
    ask('1', seen)
    take([entry('1', now, action)])
    t.same(edits('1'), [[shown, now]], `${action}, seen as ${seen}`)
  }
})

t.test('edits go to the jobs of their own places', async (t) => {
  const { take, edits, state } = world()
  const before = state.scope(scopeKey(one))
  take([entry('2', now, 'created')])
  t.same([edits('1'), edits('2')], [[], [['created', now]]])
  t.equal(state.scope(scopeKey(one)), before, 'the other zone is the same value')
})

t.test('of a job that no listing has, the id alone is told', async (t) => {
  const { take, told } = world()
  take([entry('99', now, 'deleted')])
  const at = new Date(now).toISOString()
  t.strictSame(told(), [
    { level: 'info', message: 'audit log: job deleted', job_id: '99', by: 'sre@quay.example', at },
  ])
})

t.test('where actors are not to be named, nothing is kept, told or answered', async (t) => {
  const { take, ask, edits, told, questions } = world(null)
  ask('1', 'disabled')
  take([entry('1', now)])
  t.same([edits('1'), told(), questions.accounts().size], [[], [], 1])
})
