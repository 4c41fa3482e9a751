import t from 'tap'
import { attemptKey, type JobTotals, noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { createLossReport } from '../../../src/exporter/health/loss-report.ts'
import { newScopeState } from '../../../src/exporter/state/scope-state.ts'
import { zone } from '../../support/exporter-core.ts'
import { logSink } from '../../support/log-sink.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

const minute = 60_000
const state = newScopeState(zone('cdn.example'), { account: 'Quay', zone: 'cdn.example' })

/** A job with so many batches lost, and others that were delivered or tried again. */
function losses(batches: number, records: number): JobTotals {
  const s3 = { destinationType: 's3', status: 500 }
  return {
    ...noTotals,
    attempts: new Map([
      [attemptKey({ ...s3, final: true, success: false }), batches],
      [attemptKey({ ...s3, final: false, success: false }), 70],
      [attemptKey({ ...s3, status: 200, final: true, success: true }), 900],
    ]),
    recordsLost: records,
  }
}

function reporting() {
  const log = logSink()
  const clock = createSteppedClock()
  const report = createLossReport(log, clock)
  return {
    clock,
    read(now: Readonly<Record<string, JobTotals>>, before: Readonly<Record<string, JobTotals>> = {}) {
      report({ ...state, totals: new Map(Object.entries(now)) }, new Map(Object.entries(before)))
      return log.taken()
    },
  }
}

t.test('says how many batches and records a read added to the losses of a job', async (t) => {
  const { read } = reporting()
  const lost = { level: 'warn', message: 'batches lost', account: 'Quay', zone: 'cdn.example' }
  t.match(read({ 7: losses(5, 480), 8: losses(0, 0) }, { 7: losses(3, 400) }), [
    { ...lost, job_id: '7', batches: 2, records: 80 },
  ])
  t.match(read({ 8: losses(4, 44) }), [{ ...lost, job_id: '8', batches: 4, records: 44 }])
})

t.test('what was lost before is not news, nor is a job without losses', async (t) => {
  const { read } = reporting()
  t.strictSame(read({ 7: losses(5, 480) }, { 7: losses(5, 480) }), [])
  t.strictSame(read({ 7: losses(0, 0) }), [])
})

t.test('a job that goes on losing is mentioned again after a quarter of an hour, not before', async (t) => {
  const { read, clock } = reporting()
  let batches = 1
  const next = () => read({ 7: losses(batches + 1, 10) }, { 7: losses(batches++, 10) }).length
  t.equal(next(), 1)
  await clock.advance(15 * minute - 1)
  t.equal(next(), 0)
  await clock.advance(1)
  t.equal(next(), 1)
  t.equal(read({ 9: losses(1, 1) }).length, 1, 'each job for itself')
  await clock.advance(31 * minute)
  t.equal(next(), 1)
})

t.test('reads that lose nothing, or other jobs, do not end the quarter of an hour', async (t) => {
  const { read, clock } = reporting()
  t.equal(read({ 7: losses(1, 10) }).length, 1)
  for (let passed = 0; passed < 14; passed += 1) {
    await clock.advance(minute)
    t.strictSame(read({ 7: losses(1, 10) }, { 7: losses(1, 10) }), [])
    t.strictSame(read({ 7: losses(2, 10) }, { 7: losses(1, 10) }), [])
  }
  await clock.advance(minute)
  t.equal(read({ 7: losses(2, 10) }, { 7: losses(1, 10) }).length, 1)
})
