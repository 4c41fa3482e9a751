import t from 'tap'
import {
  type ApplyReport,
  applyExitCode,
  applyReportLines,
  type Outcome,
  subjectText,
  summarize,
} from '../../../src/provision/apply/apply-outcome.ts'
import type { ChangeName } from '../../../src/provision/plan/change.ts'

/* What is told at the end of an apply. */

function ended(change: ChangeName | 'prove', outcome: Outcome, name = 'sre-x') {
  const kind = change === 'prove' ? ('destination' as const) : ('job' as const)
  return { subject: { change, kind, name, scope: 'account Quay' }, outcome }
}

const done: Outcome = { state: 'done', id: 'x', note: null }
const report = (steps: ApplyReport['steps'], stopped: string | null = null): ApplyReport => ({
  steps,
  stopped,
})

t.test('an apply that did nothing says so', async (t) => {
  t.same(applyReportLines(report([])), ['Applied: nothing.'])
  t.same(applyReportLines(report([ended('prove', done)])), ['Applied: nothing.'], 'a proof is no change')
  t.equal(applyExitCode(report([])), 0)
})

t.test('every way to end is counted under its own name', async (t) => {
  const steps = [
    ended('create', done),
    ended('create', done),
    ended('update', done),
    ended('replace', done),
    ended('adopt', done),
    ended('delete', done),
    ended('prove', done),
    ended('prove', { state: 'failed', reason: 'no file' }, 's3://quay'),
    ended('create', { state: 'refused', reason: 'changed since the plan: name' }),
    ended('update', { state: 'skipped', reason: 'depends on "x"' }),
    ended('delete', { state: 'not_started', reason: 'interrupted' }, 'sre-\u001b[31m'),
  ]
  const whole = report(steps, 'interrupted')
  t.same(summarize(whole), {
    created: 2,
    updated: 1,
    replaced: 1,
    adopted: 1,
    deleted: 1,
    failed: 1,
    refused: 1,
    skipped: 1,
    not_started: 1,
  })
  const lines = applyReportLines(whole)
  t.same(lines.slice(0, 6), [
    'Stopped: interrupted.',
    'Applied: 2 created, 1 updated, 1 replaced, 1 adopted, 1 deleted, 1 failed, 1 refused, 1 skipped, 1 not started.',
    'Not completed:',
    '  failed: verify ownership of s3://quay (account Quay): no file',
    '  refused: create job sre-x (account Quay): changed since the plan: name',
    '  skipped: update job sre-x (account Quay): depends on "x"',
  ])
  t.match(lines[6], /^ {2}not started: delete job sre-/)
  t.notMatch(lines[6], '\u001b', 'a name cannot steer a terminal')
  t.equal(lines[7], 'Run plan again to see what changed, then apply.')
  t.equal(lines.length, 8)
  t.equal(applyExitCode(whole), 1)
})

t.test('what was not refused is finished by the same command', async (t) => {
  for (const state of ['failed', 'skipped', 'not_started'] as const) {
    const lines = applyReportLines(report([ended('create', done), ended('update', { state, reason: 'so' })]))
    t.equal(lines.at(-1), 'Run the same command again to finish.', state)
  }
})

t.test('a step is told with its scope', async (t) => {
  t.equal(subjectText(ended('create', done).subject), 'create job sre-x (account Quay)')
  t.equal(
    subjectText(ended('prove', done, 's3://quay').subject),
    'verify ownership of s3://quay (account Quay)',
  )
})
