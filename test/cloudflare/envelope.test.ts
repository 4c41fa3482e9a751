import t from 'tap'
import * as z from 'zod/mini'
import { misshapen, pageOf, type ResultInfo } from '../../src/cloudflare/envelope.ts'

const none: ResultInfo = { page: null, per_page: null, total_pages: null, total_count: null }
const page = (count: number, info: Partial<ResultInfo> | null = null) => {
  const answer = { count, info: info === null ? null : { ...none, ...info } }
  const { fill, lastPage } = pageOf({ items: [], unreadable: [] }, 50, answer)
  return [fill, lastPage]
}

t.test('a page is full, short or empty by what was asked for', async (t) => {
  t.same(
    [page(0), page(1), page(49), page(50)],
    [
      ['empty', null],
      ['short', null],
      ['short', null],
      ['full', null],
    ],
  )
})

t.test(
  'a page of which the API holds fewer is full with these, never with more than was asked for',
  async (t) => {
    t.same(page(20, { per_page: 20 }), ['full', null])
    t.same(page(19, { per_page: 20 }), ['short', null])
    t.same(page(50, { per_page: 100 }), ['full', null])
    t.same(page(49, { per_page: 0 }), ['short', null], 'a size of nothing is none')
  },
)

t.test('the last page is the one that is named, or follows from the total', async (t) => {
  t.equal(page(50, { total_pages: 3, total_count: 1 })[1], 3)
  t.equal(page(50, { total_count: 100 })[1], 2)
  t.equal(page(50, { total_count: 101 })[1], 3)
  t.equal(page(20, { per_page: 20, total_count: 101 })[1], 6)
})

t.test('an answer of another shape is told by its place, and asking again brings the same', async (t) => {
  const { error } = z.object({ result: z.array(z.string()) }).safeParse({ result: ['a', 7] })
  const { verdict } = misshapen(200, 'envelope', error ?? new z.core.$ZodError([]))
  t.same(verdict, {
    kind: 'bad_response',
    reason: 'the response (200) does not have the expected shape at envelope.result.1',
    settled: true,
  })
})
