import t from 'tap'
import { type AccountScope, accountOf, scopeKey, scopeTitle } from '../../src/domain/scope.ts'

const account: AccountScope = { kind: 'account', id: 'a1', name: 'Quay', unlisted: true }
const zone = { kind: 'zone', id: 'z1', name: 'quay.example', account: { id: 'a1', name: 'Quay' } } as const

t.test('an account and a zone of the same id are two scopes', async (t) => {
  t.equal(scopeKey(account), 'account:a1')
  t.equal(scopeKey({ ...zone, id: 'a1' }), 'zone:a1')
})

t.test('the account of a scope is its id and name alone', async (t) => {
  t.strictSame(accountOf(account), { id: 'a1', name: 'Quay' })
  t.strictSame(accountOf(zone), { id: 'a1', name: 'Quay' })
})

t.test('a scope goes by its name, or by its id where it has none', async (t) => {
  t.equal(scopeTitle(account), 'account Quay')
  t.equal(scopeTitle({ ...account, name: '' }), 'account a1')
})
