import t from 'tap'
import type { HealthRow } from '../../../src/domain/ledger/health-row.ts'
import { minuteMs, minuteOf } from '../../../src/domain/time.ts'
import { completeRows } from '../../../src/exporter/health/health-read.ts'
import type { HealthAnswer, HealthQuery } from '../../../src/ports/cloudflare.ts'
import { failure, zone } from '../../support/exporter-core.ts'
import { rowsAt, type Upload } from '../../support/health-source.ts'

const start = Date.UTC(2026, 10, 24, 3, 0, 0)
const hour = 60 * minuteMs
const m0 = minuteOf(start)
const zones = ['one.example', 'two.example', 'three.example'].map((name) => zone(name))

function upload(scopeId: string, jobId: string, minute: number, status = 200): Upload {
  const endedAt = start + minute * minuteMs
  const outcome = { destinationType: 's3', final: true, success: true, records: 1, bytes: 8 }
  return { scopeId, jobId, endedAt, visibleAt: endedAt, status, ...outcome }
}

/** Reads ten minutes of the zones from an API that gives `limit` rows of a scope, in the order of job ids. */
async function readAll(uploads: readonly Upload[], limit: number) {
  const queries: HealthQuery[] = []
  let splits = 0
  const ask = async (asked: HealthQuery) => {
    queries.push(asked)
    if (queries.length > 200) throw new Error('it asks without end')
    const { geq = '-1', lt = 'Infinity' } = asked.jobs ?? {}
    if (Number(geq) >= Number(lt)) throw new Error('it asks for no job at all')
    const rowsOf = (id: string): readonly HealthRow[] =>
      rowsAt(uploads, id, asked, start + 60 * minuteMs)
        .filter(({ jobId }) => Number(jobId) >= Number(asked.jobs?.geq ?? 0))
        .filter(({ jobId }) => Number(jobId) < Number(asked.jobs?.lt ?? Number.POSITIVE_INFINITY))
        .toSorted((a, b) => Number(a.jobId) - Number(b.jobId))
        .slice(0, limit)
    return { rows: new Map(asked.scopes.map(({ id }) => [id, rowsOf(id)])), failures: new Map(), date: null }
  }
  const onSplit = () => {
    splits += 1
  }
  const window = { from: m0, to: m0 + 10 }
  const answer = await ask({ scopes: zones, ...window, limit })
  const asked = { scopes: zones, window, limit, fields: 'all', jobs: null } as const
  const { rows } = await completeRows({ ask, onSplit }, answer, asked)
  const found = zones.map(({ id }) =>
    (rows.get(id) ?? []).map(({ jobId, minute, status }) => `${jobId} ${minute - m0} ${status}`).sort(),
  )
  return { found, queries, splits }
}

function expected(uploads: readonly Upload[]) {
  return zones.map(({ id }) =>
    uploads
      .filter(({ scopeId }) => scopeId === id)
      .map(({ jobId, endedAt, status }) => `${jobId} ${minuteOf(endedAt) - m0} ${status}`)
      .sort(),
  )
}

t.test('an answer that fits is one query', async (t) => {
  const uploads = zones.map(({ id }) => upload(id, '7', 3))
  const { found, queries, splits } = await readAll(uploads, 10)
  t.same(found, expected(uploads))
  t.equal(queries.length, 1)
  t.equal(splits, 0)
})

t.test('one minute in which several zones are too full is read zone by zone, none is left out', async (t) => {
  for (const full of [zones.slice(0, 2), zones]) {
    const uploads = full.flatMap(({ id }) =>
      Array.from({ length: 7 }, (_, index) => upload(id, String(100 + index), 4)),
    )
    const { found, queries } = await readAll(uploads, 5)
    t.same(found, expected(uploads))
    const minute = queries.filter(({ from, to, jobs }) => to - from === 1 && jobs === undefined)
    t.ok(minute.some(({ scopes }) => scopes.length === 1))
  }
})

t.test('a zone that fits is not read again with those that do not', async (t) => {
  const [full, light] = zones
  if (full === undefined || light === undefined) throw new Error('no zones')
  const uploads = [
    upload(light.id, '1', 2),
    ...Array.from({ length: 6 }, (_, index) => upload(full.id, String(index + 1), index)),
  ]
  const { found, queries } = await readAll(uploads, 4)
  t.same(found, expected(uploads))
  for (const { scopes } of queries.slice(1)) t.same(scopes, [full])
})

t.test('two jobs that together fill the answer of one minute are read one by one', async (t) => {
  const [one] = zones
  if (one === undefined) throw new Error('no zone')
  const statuses = [200, 403, 503]
  const uploads = ['5', '9'].flatMap((id) => statuses.map((status) => upload(one.id, id, 0, status)))
  const { found, queries } = await readAll(uploads, 4)
  t.same(found, expected(uploads))
  t.ok(queries.length < 15, `${queries.length} queries`)
})

t.test(
  'one job that fills the answer of one minute gets a range of its own, and its neighbours theirs',
  async (t) => {
    const [one] = zones
    if (one === undefined) throw new Error('no zone')
    const full = [200, 403, 503].map((status) => upload(one.id, '6', 0, status))
    const uploads = [...full, upload(one.id, '7', 0), upload(one.id, '2', 0)]
    const { found } = await readAll(uploads, 4)
    t.same(found, expected(uploads))
    const tooLong = /one job has more rows in one minute than fit into one response/
    await t.rejects(readAll(full, 3), tooLong)
    await t.rejects(readAll([upload(one.id, '2', 0), ...full], 3), tooLong, 'behind a smaller id, too')
  },
)

/** Completes an answer of two minutes that was cut, from the answers to its halves. */
async function completed(dates: readonly (number | null)[], parts: readonly Partial<HealthAnswer>[] = []) {
  const [one] = zones
  if (one === undefined) throw new Error('no zone')
  const rows = new Map([
    [one.id, rowsAt([upload(one.id, '7', 0)], one.id, { from: m0, to: m0 + 1 }, start + hour)],
  ])
  const answer = (index: number): HealthAnswer => ({
    rows,
    failures: new Map(),
    date: dates[index] ?? null,
    ...parts[index],
  })
  let asked = 0
  const ask = async () => {
    asked += 1
    return answer(asked)
  }
  const window = { from: m0, to: m0 + 2 }
  const full = {
    ...answer(0),
    rows: new Map([[one.id, [...rows.values()].flatMap((own) => [...own, ...own])]]),
  }
  const whole = await completeRows({ ask, onSplit: () => {} }, full, {
    scopes: [one],
    window,
    limit: 2,
    fields: 'all',
    jobs: null,
  })
  return { ...whole, id: one.id }
}

t.test('an answer in parts is as old as the oldest of them', async (t) => {
  const dateOf = async (...dates: readonly (number | null)[]) => (await completed(dates)).date
  t.equal(await dateOf(2_000, 1_000, 3_000), 1_000)
  t.equal(await dateOf(2_000, 5_000, 3_000), 2_000)
  t.equal(await dateOf(null, 5_000, 3_000), 3_000)
  t.equal(await dateOf(2_000, null, null), 2_000)
  t.equal(await dateOf(null, null, null), null)
})

t.test(
  'what was left out of the parts is left out of the whole, and a part that failed is all of it',
  async (t) => {
    const stray = (id: string) => [{ id, name: null, field: 'jobId', leftOut: true }]
    const { id } = await completed([])
    const strays = [{}, { strays: new Map([[id, stray('a')]]) }, { strays: new Map([[id, stray('b')]]) }]
    const whole = await completed([], strays)
    t.same(whole.strays?.get(id), [...stray('a'), ...stray('b')])
    t.equal(whole.rows.get(id)?.length, 2)
    const failed = { failure: failure('bad_response'), unreadable: [] }
    for (const index of [1, 2]) {
      const parts = [0, 1, 2].map((at) =>
        at === index ? { rows: new Map(), failures: new Map([[id, failed]]) } : {},
      )
      const broken = await completed([], parts)
      t.equal(broken.failures.get(id), failed)
      t.equal(broken.rows.has(id), false, 'no part of it is counted')
    }
  },
)
