import t from 'tap'
import type { HealthRow } from '../../../src/domain/ledger/health-row.ts'
import { minuteMs, minuteOf } from '../../../src/domain/time.ts'
import { completeRows } from '../../../src/exporter/health/health-read.ts'
import type { HealthQuery } from '../../../src/ports/cloudflare.ts'
import { zone } from '../../support/exporter-core.ts'
import { rowsAt, type Upload } from '../../support/health-source.ts'

const start = Date.UTC(2026, 10, 24, 3, 0, 0)
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
    await t.rejects(readAll(full, 3), /one job has more rows in one minute than fit into one response/)
  },
)
