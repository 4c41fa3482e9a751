import t from 'tap'
import type { AuditEntry } from '../../../src/domain/job/audit-entry.ts'
import { scopeKey, type ZoneScope } from '../../../src/domain/scope.ts'
import type { ApiFailure } from '../../../src/errors.ts'
import { createAuditPoll } from '../../../src/exporter/audit/audit-poll.ts'
import type { AuditQuery } from '../../../src/ports/audit-log.ts'
import { aCaller } from '../../support/callers.ts'
import { createCore, failure, quay, zone } from '../../support/exporter-core.ts'
import { aSummary, hour, minute } from '../../support/status-world.ts'

const other = { id: 'b'.repeat(32), name: 'Other' }
const [one, two] = [zone('one.example'), zone('two.example', other)]

/** The logs of some accounts whose zones have a job each; refusals are by account id. */
function watching(...zones: readonly ZoneScope[]) {
  const { state, self, clock, log } = createCore()
  const asked: (AuditQuery & { readonly accountId: string })[] = []
  const entries: AuditEntry[] = []
  const refused = new Map<string, ApiFailure>()
  state.setScopes(zones)
  for (const [index, scope] of zones.entries())
    state.jobsListed(scopeKey(scope), [aSummary(`${index + 1}`, clock.now())], clock.now())
  const poll = createAuditPoll({
    api: {
      async listAuditLog(accountId, query) {
        asked.push({ accountId, ...query })
        const why = refused.get(accountId)
        if (why !== undefined) throw why
        const items = entries.filter(({ at }) => at >= query.since && at <= query.before)
        return { items, unreadable: [], fill: 'short', lastPage: null, cursor: null }
      },
    },
    call: aCaller({ clock, reads: 'pollRead' }),
    state,
    self,
    server: clock,
    clock,
    log,
    naming: () => 'id',
  })
  const actor = { type: 'user', id: 'u1', email: null, context: null, tokenId: null, tokenName: null }
  return {
    state,
    self,
    clock,
    asked,
    refused,
    poll,
    write: (id: string, jobId = '1', at = clock.now()) =>
      entries.push({ id, at, jobId, action: 'changed', actor }),
    cycle: () => poll.cycle(new AbortController().signal),
    told: () => log.taken().map((line) => ('message' in line ? String(line.message).slice(0, 30) : '')),
  }
}
const refusal = failure('forbidden')

t.test('the first look goes a week back, later ones a quarter of an hour behind the last', async (t) => {
  const { cycle, clock, asked } = watching(one)
  const start = clock.now()
  await cycle()
  await clock.advance(hour)
  await cycle()
  t.strictSame(asked, [
    { accountId: quay.id, since: start - 7 * 24 * hour, before: start + minute, cursor: null },
    { accountId: quay.id, since: start - 15 * minute, before: start + hour + minute, cursor: null },
  ])
})

t.test('without a question a log is read once an hour, or a little sooner', async (t) => {
  const { cycle, clock, asked } = watching(one)
  await cycle()
  await clock.advance(54 * minute - 1)
  await cycle()
  t.equal(asked.length, 1)
  await clock.advance(1)
  await cycle()
  t.equal(asked.length, 2)
})

t.test('an entry that is read twice is told once', async (t) => {
  const { cycle, clock, write, told } = watching(one)
  await cycle()
  write('a')
  await clock.advance(hour)
  write('b', '1', clock.now() - 10 * minute)
  await cycle()
  t.equal(told().length, 2)
  await clock.advance(hour)
  await cycle()
  t.same(told(), [])
})

t.test('a log that is refused again, after it could be read, is said again', async (t) => {
  const { cycle, clock, refused, told } = watching(one)
  const round = async (isRefused: boolean) => {
    if (isRefused) refused.set(quay.id, refusal)
    else refused.clear()
    await clock.advance(hour)
    await cycle()
    return told()
  }
  t.same(await round(true), ['the audit log cannot be read, '])
  t.same(await round(true), [])
  t.same(await round(false), ['the audit log can be read'])
  t.same(await round(false), [], 'said once')
  t.same(await round(true), ['the audit log cannot be read, '])
})

t.test('as long as one of several logs is refused, it is not said that all can be read', async (t) => {
  const { cycle, clock, refused, told } = watching(one, two)
  for (const { id } of [quay, other]) refused.set(id, refusal)
  await cycle()
  t.same(told(), ['the audit log cannot be read, '], 'one line for both')
  refused.delete(quay.id)
  await clock.advance(hour)
  await cycle()
  t.same(told(), [])
  refused.clear()
  await clock.advance(hour)
  await cycle()
  t.same(told(), ['the audit log can be read'])
})

t.test('a change of a job whose log is refused is no reason to ask', async (t) => {
  const { cycle, refused, poll, state, clock } = watching(one, two)
  refused.set(quay.id, refusal)
  await cycle()
  const noticed = (scope: ZoneScope, id: string) => {
    const found = state.scope(scopeKey(scope))
    const job = found?.jobs.get(id)
    if (found === undefined || job === undefined) throw new Error('no such job')
    return poll.noticed(found, [{ change: 'disabled', job }], clock.now())
  }
  t.same([noticed(one, '1'), noticed(two, '2')], [false, true])
  t.equal(poll.everyMs(), 2 * minute, 'for the other account')
})

t.test('questions of a log that turns out to be refused are given up', async (t) => {
  const { cycle, refused, poll, state, clock } = watching(one)
  const scope = state.scope(scopeKey(one))
  const job = scope?.jobs.get('1')
  if (scope === undefined || job === undefined) throw new Error('no such job')
  poll.noticed(scope, [{ change: 'disabled', job }], clock.now())
  refused.set(quay.id, refusal)
  await cycle()
  t.equal(poll.everyMs(), hour)
  t.equal(poll.firstTries.pending(), false, 'a refusal is an answer')
})

t.test('a zone whose account nobody knows has no log to read', async (t) => {
  const { cycle, asked, poll } = watching(zone('three.example', { id: '', name: '' }))
  await cycle()
  t.same(asked, [])
  t.equal(poll.firstTries.pending(), false)
})

t.test('an account whose zones have no job is not asked', async (t) => {
  const { cycle, asked, state, clock } = watching(one, two)
  state.jobsListed(scopeKey(one), [], clock.now())
  await cycle()
  t.same(
    asked.map(({ accountId }) => accountId),
    [other.id],
  )
})
