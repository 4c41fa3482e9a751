import t from 'tap'
import { createApiAccess } from '../../src/access/api-access.ts'
import { createBudget, priority } from '../../src/access/budget.ts'
import type { ApiFailureKind } from '../../src/errors.ts'
import { failure } from '../support/exporter-core.ts'
import { createSteppedClock } from '../support/stepped-clock.ts'

/** How often the token is said to be refused when each read fails with the kind. */
async function refusals(kind: ApiFailureKind): Promise<number> {
  const clock = createSteppedClock()
  let count = 0
  const { signal } = new AbortController()
  const access = createApiAccess({
    budget: createBudget({ clock, settings: { share: 1, rateLimitType: 'user' } }),
    clock,
    random: () => 0.5,
    stop: signal,
    onRefusedToken: () => {
      count += 1
    },
  })
  const request = { api: 'rest', priority: priority.known, accountId: 'a', signal } as const
  let over = false
  const read = access
    .read(request, () => Promise.reject(failure(kind)))
    .catch(() => {
      over = true
    })
  while (!over) await clock.advance(1_000)
  await read
  return count
}

t.test('the token is read again when it was refused, and for no other failure', async (t) => {
  t.equal(await refusals('auth'), 1)
  for (const kind of ['forbidden', 'unavailable', 'not_found', 'bad_response'] as const)
    t.equal(await refusals(kind), 0, kind)
})
