import t from 'tap'
import { scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs } from '../../../src/domain/time.ts'
import { aJob, createCore, zone } from '../../support/exporter-core.ts'
import { rowsAt, type Upload } from '../../support/health-source.ts'

const start = Date.UTC(2026, 10, 24, 3, 0, 0)
const one = zone('one.example')

function upload(jobId: string, minute: number): Upload {
  const endedAt = start - minute * minuteMs
  const kind = { destinationType: 's3', status: 200, final: true, success: true, records: 10, bytes: 100 }
  return { scopeId: one.id, jobId, endedAt, visibleAt: endedAt, ...kind }
}

t.test('rows that shrink or vanish after they were counted are counted as such, once each', async (t) => {
  let uploads = [upload('1', 5), upload('1', 5), upload('1', 4), upload('2', 5)]
  const core = createCore({
    jobs: () => [aJob('1'), aJob('2')],
    rows: ({ id }, { from, to }) => rowsAt(uploads, id, { from, to }, core.clock.now()),
  })
  core.state.setScopes([one])
  await core.pollInventory()
  const poll = async () => {
    await core.pollHealth()
    const state = core.state.scope(scopeKey(one))
    const of = (id: string) => [state?.revisedDown.get(id) ?? 0, state?.totals.get(id)?.records]
    return { first: of('1'), second: of('2') }
  }
  t.same(await poll(), { first: [0, 30], second: [0, 10] })
  uploads = [upload('1', 5), upload('1', 4), upload('2', 5)]
  t.same(await poll(), { first: [1, 30], second: [0, 10] }, 'the counter keeps the highest value')
  t.same(await poll(), { first: [1, 30], second: [0, 10] }, 'read again, it is no news')
  uploads = [upload('1', 5), upload('2', 5)]
  t.same(await poll(), { first: [2, 30], second: [0, 10] }, 'a row that is gone')
  uploads = [upload('1', 5), upload('1', 5), upload('1', 4), upload('2', 5), upload('2', 5)]
  t.same(await poll(), { first: [2, 30], second: [0, 20] })
  await core.clock.advance(40 * minuteMs)
  t.same(await poll(), { first: [2, 30], second: [0, 20] }, 'settled minutes are not read again')
})
