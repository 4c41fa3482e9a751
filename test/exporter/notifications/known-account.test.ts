import t from 'tap'
import { type Scope, scopeKey } from '../../../src/domain/scope.ts'
import { knownAccount } from '../../../src/exporter/notifications/known-account.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { quay, quayAccount, zone } from '../../support/exporter-core.ts'
import { aSummary } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const other = { id: 'd'.repeat(32), name: 'Other' }
const ours = zone('a.example')
const theirs = zone('b.example', other)

/** Job 1 is in `ours`, job 2 in `theirs`, where these are watched. */
function account(scopes: readonly Scope[], accountId: string | null, ...jobIds: readonly string[]) {
  const state = createState()
  state.setScopes(scopes)
  for (const [scope, id] of [
    [ours, '1'],
    [theirs, '2'],
  ] as const)
    if (scopes.includes(scope)) state.jobsListed(scopeKey(scope), [aSummary(id, now)], now)
  return knownAccount(state.scopes.values(), { accountId, jobIds })
}

t.test('the account that is named counts if it is watched, whatever job is named beside it', async (t) => {
  t.equal(account([ours, theirs], quay.id, '2'), quay.id)
  t.equal(account([quayAccount], quay.id), quay.id)
})

t.test('before anything is known, the account that is named is believed', async (t) => {
  t.equal(account([], 'somebody'), 'somebody')
  t.equal(account([], null, '1'), null)
})

t.test('where no account is named, or one that is not watched, it is that of the job', async (t) => {
  for (const named of [null, 'somebody']) {
    t.equal(account([ours, theirs], named, '1'), quay.id)
    t.equal(account([ours, theirs], named, '9', '2'), other.id)
  }
  t.equal(account([ours, theirs], null, '2', '1'), quay.id, 'of jobs of several, the first that is watched')
})

t.test('without account and job it is the only one there is, and of several none', async (t) => {
  t.equal(account([quayAccount, ours], null), quay.id)
  t.equal(account([quayAccount, ours], null, '9'), quay.id)
  t.equal(account([ours, theirs], null), null)
  t.equal(account([quayAccount, ours], 'somebody'), null, 'a notification of a stranger')
})
