import t from 'tap'
import { slotCount, slotMs } from '../../../src/exporter/state/upload-history.ts'
import { timeLeft } from '../../../src/http/pages/health-state-text.ts'
import { amount, byteAmount, counted, share, span } from '../../../src/http/pages/readable.ts'
import { knownSlots } from '../../../src/http/pages/sparkline.ts'
import { apiRules, pageRules, parseStatusQuery, queryHref } from '../../../src/http/pages/status-query.ts'

t.test('spans have two units at most, and are never longer than the truth', async (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [-5, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_400_000, '1 d'],
    [86_400_000 + 3 * 3_600_000 + 59_000, '1 d 3 h'],
    [40 * 86_400_000, '40 d'],
  ]
  for (const [ms, text] of cases) t.equal(span(ms), text)
})

t.test('numbers are whole up to a million, then short', async (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0'],
    [999_999, '999,999'],
    [999_999.6, '1.0 M'],
    [1_250_000, '1.3 M'],
    [99_940_000, '99.9 M'],
    [123_456_789, '123 M'],
    [999_600_000, '1.0 G'],
    [5e15, '5.0 P'],
    [7e21, '7000000 P'],
  ]
  for (const [value, text] of cases) t.equal(amount(value), text)
  t.strictSame([0, 999, 1_000, 1_499_000_000].map(byteAmount), ['0 B', '999 B', '1.0 kB', '1.5 GB'])
  t.strictSame([counted(1, 'batch', 'batches'), counted(0, 'job')], ['1 batch', '0 jobs'])
})

t.test('a small share is not nothing', async (t) => {
  t.strictSame(
    [share(0, 10), share(1, 10_000), share(1, 300), share(1, 4), share(4, 4), share(0, 0)],
    ['0 %', '<0.1 %', '0.3 %', '25 %', '100 %', '–'],
  )
})

t.test('what is left until the disable is one guess, two, or none', async (t) => {
  const hour = 3_600_000
  const left = (earliest: number, latest: number) =>
    timeLeft({ earliest: earliest * hour, latest: latest * hour }, 0)
  t.equal(left(2.9, 3), 'in about 3 h')
  t.equal(left(1, 3), 'between 1 h and 3 h from now')
  t.equal(left(-1, 3), 'at any moment, within 3 h at the latest')
  t.equal(left(-3, -2), 'at any moment')
})

t.test('what is known of a history ends where its data ends', async (t) => {
  const slots = Array.from({ length: slotCount }, (_, index) => ({ start: index * slotMs }))
  const known = (from: number, to: number) =>
    knownSlots({ slots, slotsKnown: { from: from * slotMs, to: to * slotMs } } as never)
  t.strictSame(known(-5, 48), [0, 48])
  t.strictSame(known(10, 20), [10, 20])
  t.strictSame(known(10.5, 19.2), [10, 20], 'what is known in part is shown')
  t.strictSame(known(60, 70), [48, 48])
  t.strictSame(knownSlots({ slots, slotsKnown: null } as never), [0, 0])
})

t.test('an address reads back as it was written', async (t) => {
  const filter = { account: 'Quay & Co', zone: '-', state: 'late' as const, search: 'a+b="c"' }
  const href = queryHref('./', { ...filter, page: 3 }, false)
  const { query, refresh, problems } = parseStatusQuery(href.slice(3), pageRules)
  t.match(query, { ...filter, page: 3, perPage: 100, dataset: null, destination: null })
  t.strictSame([refresh, problems], [false, []])
  t.equal(queryHref('../', {}, true), '../')
  t.equal(queryHref('./', { page: 1 }, true), './')
  t.equal(parseStatusQuery('per_page=1000', apiRules).query.perPage, 1000)
  t.match(parseStatusQuery('per_page=1000', pageRules).problems, [
    'per_page: expected a whole number from 1 to 100',
  ])
  t.equal(parseStatusQuery('search=%E0%A4%A&state=OK', pageRules).query.state, 'ok')
})
