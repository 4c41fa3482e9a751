import t from 'tap'
import { type Account, type Scope, scopeKey } from '../../../src/domain/scope.ts'
import { labelScopes } from '../../../src/exporter/state/scope-labels.ts'

const quay: Account = { id: 'a1', name: 'Quay' }
const account = (own: Account): Scope => ({ kind: 'account', ...own })
const zone = (id: string, name: string, own = quay): Scope => ({ kind: 'zone', id, name, account: own })

function labels(...scopes: readonly Scope[]) {
  const found = labelScopes(scopes)
  return scopes.map((scope) => {
    const { account, zone } = found.get(scopeKey(scope)) ?? { account: '?', zone: '?' }
    return `${account}/${zone}`
  })
}

t.test('labels are names, and an account has no zone', async (t) => {
  t.same(labels(account(quay), zone('z1', 'cdn.example')), ['Quay/', 'Quay/cdn.example'])
})

t.test('accounts of one name are told apart by their ids', async (t) => {
  const twin = { id: 'a2', name: 'Quay' }
  t.same(labels(account(quay), account(twin), zone('z1', 'cdn.example', twin)), [
    'Quay (a1)/',
    'Quay (a2)/',
    'Quay (a2)/cdn.example',
  ])
})

t.test('zones of one name in one account are told apart, in two accounts the account does it', async (t) => {
  t.same(labels(zone('z1', 'cdn.example'), zone('z2', 'cdn.example'), zone('z3', 'shop.example')), [
    'Quay/cdn.example (z1)',
    'Quay/cdn.example (z2)',
    'Quay/shop.example',
  ])
  t.same(labels(zone('z1', 'cdn.example'), zone('z2', 'cdn.example', { id: 'a2', name: 'Other' })), [
    'Quay/cdn.example',
    'Other/cdn.example',
  ])
})

t.test('what has no name is labelled with its id', async (t) => {
  const nameless = { id: 'a3', name: '' }
  t.same(labels(account(nameless), zone('z4', '', nameless), zone('z5', '', nameless)), [
    'a3/',
    'a3/z4',
    'a3/z5',
  ])
})

t.test('an account that is named like its zone does not change the zone', async (t) => {
  const alike = { id: 'a4', name: 'cdn.example' }
  t.same(labels(account(alike), zone('z1', 'cdn.example', alike)), [
    'cdn.example/',
    'cdn.example/cdn.example',
  ])
})
