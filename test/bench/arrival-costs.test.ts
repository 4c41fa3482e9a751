import t from 'tap'
import { arrivalCosts } from './arrival-costs.ts'
import { withBlock } from './blocks.ts'

const measured = {
  places: 1_000,
  filesADay: 3_000,
  callsADay: 1_440,
  looksMs: 1_000,
  clientMs: 4,
  heapMb: 18,
  ledgerMb: 4,
}

t.test('a month of calls at list prices, with the arithmetic', async (t) => {
  const text = arrivalCosts(measured, 'here')
  for (const part of [
    '1,000 × 1,440 = 1.44 million calls a day, 43.2 million in 30 days',
    '| S3 Standard (us-east-1) | 0.005 USD per 1,000 | 216 USD | 43 USD |',
    '| R2 (class A) | 4.50 USD per million, 1 million free | 190 USD | 34 USD |',
    'R2: (43.2 − 1) million × 4.50 USD per million = 190 USD',
    'at most 0.22 USD a place and month',
    '5.0 s of CPU a minute on these 1,000 places (8 % of a core; 80 % of it is the S3 client',
  ])
    t.ok(text.includes(part), part)
})

t.test('what is free costs nothing', async (t) => {
  const text = arrivalCosts({ ...measured, places: 10 }, 'here')
  t.ok(text.includes('1 million free | 0 USD | 0 USD |'))
})

t.test('only what stands between the two comments is written', async (t) => {
  const document = 'a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n'
  t.equal(withBlock(document, 'x', 'new'), 'a\n<!-- x:begin -->\nnew\n<!-- x:end -->\nb\n')
  t.throws(() => withBlock(document, 'y', 'new'), /no <!-- y:begin -->/)
})
