import t from 'tap'
import type { ActorNaming, AuditEntry } from '../../../src/domain/job/audit-entry.ts'
import type { JobRecord } from '../../../src/domain/job/job.ts'
import type { ApiFailure } from '../../../src/errors.ts'
import { createAuditPoll } from '../../../src/exporter/audit/audit-poll.ts'
import type { AuditQuery } from '../../../src/ports/audit-log.ts'
import type { Unreadable } from '../../../src/ports/listing.ts'
import { aCaller } from '../../support/callers.ts'
import { aJob, createCore, failure, quay, zone } from '../../support/exporter-core.ts'

const minute = 60_000
const hour = 60 * minute
const one = zone('one.example')
const key = `zone:${one.id}` as const

/** The audit log of one account, beside an inventory whose jobs the test changes. */
function createSide(naming: ActorNaming | null = 'email') {
  let jobs: readonly JobRecord[] = [aJob('1'), aJob('2')]
  let refusal: ApiFailure | null = null
  const log: AuditEntry[] = []
  let odd: readonly Unreadable[] = []
  let pageSize = 200
  const asked: (AuditQuery & { readonly accountId: string })[] = []
  let triggers = 0
  const core = createCore({
    jobs: () => jobs,
    onChanges: (...seen) => {
      if (poll.noticed(...seen)) triggers += 1
    },
  })
  const { clock, state, self } = core
  const poll = createAuditPoll({
    api: {
      async listAuditLog(accountId, query) {
        asked.push({ accountId, ...query })
        if (refusal !== null) throw refusal
        const all = log.filter(({ at }) => at >= query.since && at <= query.before).reverse()
        const from = Number(query.cursor ?? 0)
        const items = all.slice(from, from + pageSize)
        const cursor = from + pageSize < all.length ? String(from + pageSize) : null
        return {
          items,
          unreadable: odd,
          fill: items.length === 0 ? 'empty' : cursor === null ? 'short' : 'full',
          lastPage: null,
          cursor,
        }
      },
    },
    call: aCaller({ clock, reads: 'pollRead' }),
    state,
    self,
    server: clock,
    clock,
    log: core.log,
    naming: () => naming,
  })
  state.setScopes([one])
  let serial = 0
  return {
    ...core,
    poll,
    asked,
    log: core.log,
    get triggers() {
      return triggers
    },
    setJobs: (next: readonly JobRecord[]) => {
      jobs = next
    },
    refuse: (why: ApiFailure | null) => {
      refusal = why
    },
    setOdd: (found: readonly Unreadable[]) => {
      odd = found
    },
    setPageSize: (size: number) => {
      pageSize = size
    },
    /** Something that somebody does now, as the log has it. */
    write: (jobId: string, action: AuditEntry['action'], at = clock.now()) => {
      serial += 1
      const actor = { type: 'user', id: 'u1', email: 'sre@quay.example', context: 'dash' }
      log.push({ id: `e${serial}`, at, jobId, action, actor: { ...actor, tokenId: null, tokenName: null } })
      log.sort((a, b) => a.at - b.at)
    },
    cycle: () => poll.cycle(new AbortController().signal),
    edits: (id: string) =>
      (state.scope(key)?.edits.get(id) ?? []).map(({ action, by }) => `${action} by ${by}`),
    told: () =>
      core.log.lines
        .filter(({ message }) => message.startsWith('audit log: '))
        .map(({ message, fields }) => `${message} ${String((fields as { by?: string }).by)}`),
  }
}

t.test('who disabled a job is asked for when the listing shows it, and until the log has it', async (t) => {
  const side = createSide()
  await side.pollInventory()
  t.equal(side.triggers, 0, 'jobs that are only new to us are no change')
  await side.cycle()
  t.equal(side.poll.everyMs(), hour)
  await side.clock.advance(10 * minute)
  side.setJobs([aJob('1', { enabled: false }), aJob('2')])
  await side.pollInventory()
  t.equal(side.triggers, 1)
  const at = side.clock.now() - 30_000
  for (let i = 0; i < 3; i += 1) {
    await side.cycle()
    t.equal(side.poll.everyMs(), 2 * minute, 'it may come yet')
    await side.clock.advance(2 * minute)
  }
  // It says that something was written, not what: that is known from the listing.
  side.write('1', 'changed', at)
  await side.cycle()
  t.same(side.edits('1'), ['disabled by sre@quay.example (dashboard)'])
  t.same(side.edits('2'), [])
  t.same(side.told(), ['audit log: job disabled sre@quay.example (dashboard)'])
  t.match(side.log.lines.at(-1), {
    level: 'info',
    fields: { zone: 'one.example', job_id: '1', job_name: 'job 1', at: new Date(at).toISOString() },
  })
  t.equal(side.poll.everyMs(), hour)
  await side.cycle()
  t.equal(side.asked.length, 5, 'answered, and not asked again')
})

t.test('a change that the log never tells of is asked for 15 minutes, eight times', async (t) => {
  const side = createSide()
  await side.pollInventory()
  await side.cycle()
  side.setJobs([aJob('1', { name: 'renamed' }), aJob('2')])
  await side.pollInventory()
  const before = side.asked.length
  for (let i = 0; i < 30; i += 1) {
    await side.cycle()
    await side.clock.advance(2 * minute)
  }
  t.equal(side.asked.length - before, 8)
  t.equal(side.poll.everyMs(), hour)
})

t.test(
  'what a listing does not show is found within the hour; what is old is shown and not logged',
  async (t) => {
    const side = createSide()
    side.write('1', 'created', side.clock.now() - 3 * 24 * hour)
    await side.pollInventory()
    await side.cycle()
    t.same(side.edits('1'), ['created by sre@quay.example (dashboard)'])
    t.same(side.told(), [])
    await side.clock.advance(hour)
    side.write('1', 'changed', side.clock.now() - 20 * minute)
    await side.cycle()
    t.same(side.edits('1').length, 2)
    t.same(side.told(), ['audit log: job changed sre@quay.example (dashboard)'])
    await side.clock.advance(hour)
    // Entries come late: one from before the last read is no less news.
    side.write('1', 'changed', side.clock.now() - hour - 10 * minute)
    await side.cycle()
    t.equal(side.told().length, 2)
    for (let i = 0; i < 5; i += 1) side.write('1', i % 2 === 0 ? 'disabled' : 'enabled')
    await side.clock.advance(hour)
    await side.cycle()
    t.same(
      side.edits('1').map((text) => text.split(' ')[0]),
      ['disabled', 'enabled', 'disabled', 'enabled', 'disabled'],
      'the last five are kept, the newest first',
    )
  },
)

t.test('who deleted a job is logged, with the name it had', async (t) => {
  const side = createSide()
  side.write('1', 'created')
  await side.pollInventory()
  await side.cycle()
  await side.clock.advance(minute)
  side.setJobs([aJob('2')])
  side.write('1', 'deleted')
  await side.pollInventory()
  await side.cycle()
  t.same(side.told().at(-1), 'audit log: job deleted sre@quay.example (dashboard)')
  t.match(side.log.lines.at(-1)?.fields, { job_id: '1', job_name: 'job 1', zone: 'one.example' })
  t.equal(side.state.scope(key)?.edits.size, 0, 'nothing is kept of a job that is gone')
})

t.test('without the permission one line says so, hourly tries see when it is granted', async (t) => {
  const side = createSide()
  await side.pollInventory()
  side.refuse(failure('forbidden', 'the API token may not do this'))
  await side.cycle()
  const infos = () => side.log.lines.filter(({ level }) => level === 'info').map(({ message }) => message)
  t.match(infos(), [/^the audit log cannot be read, .* Account Settings Read$/])
  t.equal(side.self.pollers.get('audit'), undefined, 'it is no failure')
  side.setJobs([aJob('1', { enabled: false }), aJob('2')])
  await side.pollInventory()
  t.equal(side.triggers, 0, 'it is not even asked')
  await side.cycle()
  t.equal(side.asked.length, 1)
  for (let i = 0; i < 3; i += 1) {
    await side.clock.advance(hour)
    await side.cycle()
  }
  t.equal(side.asked.length, 4)
  t.equal(infos().filter((text) => /audit log/.test(text)).length, 1)
  side.refuse(null)
  await side.clock.advance(hour)
  await side.cycle()
  t.equal(infos().at(-1), 'the audit log can be read')
})

t.test(
  'a failure is counted and costs nothing that was known; the first read is tried again soon',
  async (t) => {
    const side = createSide()
    await side.pollInventory()
    side.write('1', 'disabled')
    side.refuse(failure('rate_limited'))
    await side.cycle()
    t.equal(side.self.pollers.get('audit')?.failures.get('rate_limited'), 1)
    t.equal(side.poll.firstTries.pending(), true)
    side.refuse(null)
    await side.poll.firstTries.cycle(new AbortController().signal)
    t.equal(side.poll.firstTries.pending(), false)
    side.refuse(failure('rate_limited'))
    await side.clock.advance(hour)
    await side.cycle()
    t.same(side.edits('1').length, 1)
    t.equal(side.poll.firstTries.pending(), false)
  },
)

t.test('with ids alone no address is kept or logged, and with off nothing is asked', async (t) => {
  const side = createSide('id')
  side.write('1', 'disabled')
  await side.pollInventory()
  await side.cycle()
  t.same(side.edits('1'), ['disabled by user u1 (dashboard)'])
  t.notMatch(JSON.stringify([side.log.lines, ...(side.state.scope(key)?.edits ?? [])]), /sre@quay/)
  const off = createSide(null)
  await off.pollInventory()
  off.setJobs([])
  await off.pollInventory()
  t.equal(off.poll.everyMs(), null)
  t.equal(off.triggers, 0)
})

t.test('a long log is read over its pages, up to a bound; an odd entry is counted', async (t) => {
  const side = createSide()
  for (let i = 0; i < 90; i += 1) side.write('1', 'changed', side.clock.now() - i * 1_000)
  side.setPageSize(3)
  side.setOdd([{ id: 'x', name: '', field: 'action.time', leftOut: true }])
  await side.pollInventory()
  await side.cycle()
  t.equal(side.asked.length, 25)
  t.same(
    side.asked.slice(0, 3).map(({ cursor }) => cursor),
    [null, '3', '6'],
  )
  t.equal(side.asked[0]?.accountId, quay.id)
  t.equal([...side.self.unreadable.values()].find(({ kind }) => kind === 'audit_entry')?.found.length, 1)
})

t.test('an account without jobs any more leaves nothing behind', async (t) => {
  const side = createSide()
  await side.pollInventory()
  side.setOdd([{ id: 'odd', name: null, field: 'action', leftOut: true }])
  await side.cycle()
  const kinds = () => [...side.self.unreadable.values()].map(({ kind }) => kind)
  t.ok(kinds().includes('audit_entry'))
  side.state.setScopes([])
  await side.cycle()
  t.notOk(kinds().includes('audit_entry'))
  const failing = createSide()
  await failing.pollInventory()
  failing.refuse(failure('unavailable'))
  const cycle = failing.cycle()
  await failing.clock.advance(5_000)
  await cycle
  t.equal(failing.poll.firstTries.pending(), true)
  failing.state.setScopes([])
  await failing.cycle()
  t.equal(failing.poll.firstTries.pending(), false)
})

t.test('entries of one read are told in the order of things', async (t) => {
  const side = createSide()
  await side.pollInventory()
  await side.cycle()
  await side.clock.advance(hour)
  for (const [action, ago] of [
    ['enabled', 20],
    ['disabled', 30],
    ['changed', 10],
  ] as const)
    side.write('1', action, side.clock.now() - ago * minute)
  await side.cycle()
  const told = side.told().map((text) => text.split(' ')[3])
  t.same(told, ['disabled', 'enabled', 'changed'])
})
