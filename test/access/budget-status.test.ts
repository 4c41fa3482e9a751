import t from 'tap'
import { type Budget, createBudget } from '../../src/access/budget.ts'
import { exchange, turn } from '../support/budget-values.ts'
import { createSteppedClock } from '../support/stepped-clock.ts'

const shown = (budget: Budget) => budget.status().find(({ api }) => api === 'graphql')

function budgetOf(share: number, mayBurst = false) {
  const clock = createSteppedClock()
  return { clock, budget: createBudget({ clock, settings: { share, rateLimitType: 'user' }, mayBurst }) }
}

t.test('a pause that asks for an hour is shown for five minutes, to the millisecond', async (t) => {
  const { clock, budget } = budgetOf(0.5)
  budget.observe(exchange({ throttled: true, retryAfterMs: 3_600_000 }))
  await clock.advance(299_999)
  t.equal(shown(budget)?.paused, true)
  await clock.advance(1)
  t.equal(shown(budget)?.paused, false)
})

t.test('what is left is whole requests, and never less than none', async (t) => {
  const { budget } = budgetOf(0.055, true)
  t.match(shown(budget), { limit: 16.5, remaining: 16 })
  for (let i = 0; i < 16; i += 1) await budget.run(turn(), async () => {})
  t.equal(shown(budget)?.remaining, 0)
  budget.configure({ share: 0.01, rateLimitType: 'user' })
  t.match(shown(budget), { limit: 3, remaining: 0 })
})

t.test('limits that a reload makes those of accounts are kept for each account from then on', async (t) => {
  const { clock, budget } = budgetOf(0.5)
  budget.configure({ share: 1, rateLimitType: 'account' })
  budget.observe(exchange({ accountId: 'a', throttled: true, retryAfterMs: 60_000 }))
  const done: string[] = []
  const all = ['a', 'b'].map((accountId) =>
    budget.run(turn({ accountId }), async () => void done.push(accountId)),
  )
  await clock.advance(1_000)
  t.same(done, ['b'])
  t.equal(shown(budget)?.limit, 600, 'two accounts, with the new share')
  await clock.advance(65_000)
  await Promise.all(all)
})

t.test('a query that waited for its place among the lists counts from when it went out', async (t) => {
  const { clock, budget } = budgetOf(0.05, true)
  for (let i = 0; i < 60; i += 1) await budget.run(turn({ api: 'rest' }), async () => {})
  await clock.advance(200_000)
  const query = budget.run(turn(), async () => {})
  await clock.advance(101_000)
  await query
  await clock.advance(200_000)
  t.equal(shown(budget)?.remaining, 14)
  await clock.advance(101_000)
  t.equal(shown(budget)?.remaining, 15)
})
