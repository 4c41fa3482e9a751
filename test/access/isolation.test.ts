import t from 'tap'
import { askApart } from '../../src/access/isolation.ts'
import { ApiFailure, type ApiFailureKind } from '../../src/errors.ts'

const parts = Array.from({ length: 10 }, (_, index) => ({ id: `part ${index}` }))

/** Asks where some parts spoil whatever is asked together with them. */
async function asked(
  spoilers: readonly string[],
  edit: {
    readonly kind?: ApiFailureKind
    readonly names?: boolean
    readonly looks?: boolean
    readonly count?: number
  } = {},
) {
  const queries: (readonly string[])[] = []
  const portions = await askApart(
    parts.slice(0, edit.count),
    async (some) => {
      const ids = some.map(({ id }) => id)
      queries.push(ids)
      const bad = ids.filter((id) => spoilers.includes(id))
      if (bad.length > 0)
        throw new ApiFailure(edit.kind ?? 'invalid_request', 'spoilt', {
          operation: 'test',
          codes: edit.names === true ? bad : [],
        })
    },
    () => edit.looks ?? true,
  )
  const idsOf = (ok: boolean) =>
    portions.filter(({ outcome }) => outcome.ok === ok).flatMap((one) => one.parts.map(({ id }) => id))
  return { queries, read: idsOf(true), failed: idsOf(false), portions }
}

t.test('what is well is one query', async (t) => {
  const { queries, read } = await asked([])
  t.equal(queries.length, 1)
  t.same(
    read,
    parts.map(({ id }) => id),
  )
})

t.test('parts that spoil an answer are found by halving, and the others are read', async (t) => {
  for (const spoilers of [['part 0'], ['part 9'], ['part 3', 'part 4'], ['part 0', 'part 5', 'part 9']]) {
    const { queries, read, failed } = await asked(spoilers)
    t.same(failed, spoilers)
    t.same(
      read,
      parts.map(({ id }) => id).filter((id) => !spoilers.includes(id)),
    )
    t.ok(queries.length < 2 * parts.length, `${queries.length} queries`)
  }
})

t.test('parts that the failure names are asked alone, and the others together', async (t) => {
  const { queries, read, failed } = await asked(['part 3', 'part 7'], { names: true })
  t.same(failed, ['part 3', 'part 7'])
  t.equal(read.length, 8)
  t.same(
    queries.map(({ length }) => length),
    [10, 1, 1, 8],
  )
})

t.test('a missing permission that is named is not asked about again', async (t) => {
  const { queries, failed } = await asked(['part 3'], { names: true, kind: 'forbidden' })
  t.same(failed, ['part 3'])
  t.same(
    queries.map(({ length }) => length),
    [10, 9],
  )
  const all = await asked(
    parts.map(({ id }) => id),
    { names: true, kind: 'forbidden' },
  )
  t.equal(all.queries.length, 1)
  t.equal(all.failed.length, 10)
})

t.test('a failure that is about all of them stays one', async (t) => {
  const { queries, portions } = await asked(['part 3'], { kind: 'network', looks: false })
  t.equal(queries.length, 1)
  t.match(portions, [{ parts, outcome: { ok: false, failure: { kind: 'network' } } }])
})

t.test('giving up ends it', async (t) => {
  await t.rejects(asked(['part 3'], { kind: 'aborted' }), ApiFailure)
})

t.test('of two parts the one that is well is read', async (t) => {
  for (const names of [false, true])
    t.match(await asked(['part 0'], { names, count: 2 }), { read: ['part 1'], failed: ['part 0'] })
})

t.test('each half is asked for once, the larger one first', async (t) => {
  const { queries } = await asked(['part 0'])
  t.same(
    queries.map(({ length }) => length),
    [10, 5, 3, 2, 1, 1, 1, 2, 5],
  )
})
