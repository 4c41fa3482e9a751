import t from 'tap'
import { countBody } from '../../../src/domain/arrival/count-body.ts'

const range = { gte: '2026-11-28T10:00:00Z', lt: '2026-11-28T10:01:00Z' }

t.test('the documents of a stretch of time are asked for, and of a query where there is one', async (t) => {
  t.same(countBody({ timeField: '@timestamp', query: null }, range), {
    query: { bool: { filter: [{ range: { '@timestamp': range } }] } },
  })
  t.same(countBody({ timeField: 'at', query: 'job:7' }, range), {
    query: { bool: { filter: [{ range: { at: range } }, { query_string: { query: 'job:7' } }] } },
  })
})
