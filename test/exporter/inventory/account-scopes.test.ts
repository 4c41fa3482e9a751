import t from 'tap'
import type { AccountScope } from '../../../src/domain/scope.ts'
import { type AccountSources, collectAccounts } from '../../../src/exporter/inventory/account-scopes.ts'
import { failure, quay, zone } from '../../support/exporter-core.ts'

const other = { id: 'b'.repeat(32), name: 'Other' }
const known = (account: typeof quay, edit: { readonly unlisted?: true } = {}): AccountScope => ({
  kind: 'account',
  ...account,
  ...edit,
})
const refused = (kind: 'forbidden' | 'auth' | 'unavailable') =>
  ({ ok: false, failure: failure(kind) }) as const

/** Accounts as `name`, those that the token does not list as `(name)`. */
const collected = (sources: Partial<AccountSources>) =>
  collectAccounts({ listed: { ok: true, value: [] }, known: [], zones: [], selected: [], ...sources }).map(
    ({ name, unlisted }) => (unlisted === true ? `(${name})` : name),
  )

t.test('an account that is listed, named by a zone or given by id is collected once', async (t) => {
  const listed = { ok: true, value: [quay] } as const
  const zones = [zone('cdn.example'), zone('other.example', other)]
  t.same(collected({ listed, zones, selected: [quay.id, other.id] }), ['Quay', 'Other'])
  t.same(collected({ listed, zones }), ['Quay', '(Other)'])
  t.same(collected({ selected: [other.id] }), [other.id], 'by its id until something names it')
})

t.test('the first real name wins over an empty one and over the id', async (t) => {
  for (const name of ['', quay.id]) {
    const listed = { ok: true, value: [{ ...quay, name }] } as const
    t.same(collected({ listed, zones: [zone('cdn.example')] }), ['Quay'])
  }
  const renamed = { ok: true, value: [{ ...quay, name: 'Quay Ltd' }] } as const
  t.same(collected({ listed: renamed, zones: [zone('cdn.example')] }), ['Quay Ltd'])
})

t.test('a zone whose account is unknown makes no account', async (t) => {
  t.same(collected({ zones: [zone('cdn.example', { id: '', name: '' })] }), [])
})

t.test('while the list cannot be had, accounts stay as they were known', async (t) => {
  const before = [known(quay), known(other, { unlisted: true })]
  t.same(collected({ listed: refused('unavailable'), known: before }), ['Quay', '(Other)'])
  t.same(collected({ listed: { ok: true, value: [] }, known: before }), [], 'a list that came is believed')
})

t.test('a token that may no longer list accounts lists none of them', async (t) => {
  for (const kind of ['forbidden', 'auth'] as const)
    t.same(collected({ listed: refused(kind), known: [known(quay)] }), ['(Quay)'], kind)
  t.same(collected({ listed: refused('forbidden'), known: [known(quay)], selected: [quay.id] }), ['Quay'])
})
