import t from 'tap'
import { allowedQuery } from '../../src/cloudflare/query-limits.ts'

t.test('how old and how wide a query may be is read from any unit', async (t) => {
  for (const [text, seconds] of [
    ['1w', 604_800],
    ['1d', 86_400],
    ['1h', 3_600],
    ['1m', 60],
    ['1s', 1],
    ['1w1d', 691_200],
    ['2d3h4m5s', 183_845],
    ['1500ms', 1],
    ['1.5h', 5_400],
    ['1S', 1],
  ] as const) {
    t.strictSame(allowedQuery(`cannot request data older than ${text}`), { notOlderThanSeconds: seconds })
    t.strictSame(allowedQuery(`a time range wider than ${text}, but`), { maxDurationSeconds: seconds })
    t.strictSame(allowedQuery(`range is too large. Time range is 9w, limit is ${text}`), {
      maxDurationSeconds: seconds,
    })
  }
})

t.test('all limits that a text names are read, and none where it names none', async (t) => {
  t.strictSame(allowedQuery('limit must be positive number and not greater than 10000'), {
    maxPageSize: 10_000,
  })
  t.strictSame(allowedQuery("number of fields can't be more than 30"), { neededFieldsOnly: true })
  t.strictSame(allowedQuery('does not have access to the field x'), { neededFieldsOnly: true })
  t.strictSame(allowedQuery('too many nodes, zones and accounts'), { fewerScopes: true })
  t.strictSame(allowedQuery('older than 1d; number of fields; too many nodes, zones and accounts'), {
    notOlderThanSeconds: 86_400,
    neededFieldsOnly: true,
    fewerScopes: true,
  })
  for (const text of ['', 'no', 'older than ever', 'wider than 7']) t.strictSame(allowedQuery(text), {}, text)
})

t.test('a limit is looked for in the first 2,000 letters', async (t) => {
  const after = (letters: number) => allowedQuery(`${' '.repeat(letters)}older than 1d`)
  t.strictSame(after(2_000 - 'older than 1d'.length), { notOlderThanSeconds: 86_400 })
  t.strictSame(after(2_001 - 'older than 1d'.length), {})
})
