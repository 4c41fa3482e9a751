import t from 'tap'
import { seeJob } from '../../../src/domain/job/job-state.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { dueScopes } from '../../../src/exporter/inventory/inventory-poll.ts'
import { newScopeState } from '../../../src/exporter/state/scope-state.ts'
import { aJob, createCore, failure, zone } from '../../support/exporter-core.ts'

const jobs = new Map([['1', seeJob(null, summarise(aJob('1')), 0)]])
const scopes = (count: number, withJobs: boolean) =>
  Array.from({ length: count }, (_, index) => {
    const scope = zone(`${withJobs ? 'busy' : 'empty'}${index}.example`)
    const state = newScopeState(scope, { account: 'Quay', zone: scope.name })
    return withJobs ? { ...state, jobs } : state
  })
const all = [...scopes(20, true), ...scopes(100, false)]

/** How many empty zones are listed beside twenty with jobs. */
function swept(requests: number, tried: number | null): number {
  const triedAt = new Map(tried === null ? [] : all.map(({ scope }) => [scopeKey(scope), tried]))
  const rules = { now: 0, monotonic: 1_000_000, sweepEveryMs: 600_000, requests, triedAt }
  return dueScopes(all, rules).length - 20
}

t.test('empty zones get what zones with jobs leave of the requests', async (t) => {
  t.equal(swept(20 + 37, 0), 37)
  t.equal(swept(1_000, 0), 100)
})

t.test('they get a quarter of what those with jobs take, where these leave less', async (t) => {
  t.equal(swept(10, 0), 5)
  t.equal(swept(25, 0), 5)
  t.equal(swept(26, 0), 6)
})

t.test('while nobody has looked at some of them, they get four times as much', async (t) => {
  t.equal(swept(10, null), 80)
})

t.test('those that were looked at within the sweep wait', async (t) => {
  t.equal(swept(1_000, 400_001), 0)
  t.equal(swept(1_000, 400_000), 100)
})

t.test('why jobs cannot be listed is said with what to do, and what a new token may be about', async (t) => {
  const said = async (kind: 'forbidden' | 'auth' | 'not_found', upMs: number) => {
    const core = createCore({
      jobs: () => {
        throw failure(kind)
      },
    })
    core.state.setScopes([zone('one.example')])
    await core.clock.advance(upMs)
    await core.pollInventory()
    return core.log.lines.map(({ message }) => message).join()
  }
  const note = /; a new token can take about a minute to work$/
  for (const kind of ['forbidden', 'auth'] as const) {
    t.match(await said(kind, 0), note, kind)
    t.notMatch(await said(kind, 60_000), note, kind)
  }
  t.match(await said('forbidden', 60_000), /needs Logs Write.*continuing with health data only$/)
  for (const kind of ['auth', 'not_found'] as const)
    t.match(await said(kind, 60_000), /^cannot list jobs; keeping the last known state$/, kind)
  t.notMatch(await said('not_found', 0), note)
})
