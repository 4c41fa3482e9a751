import t from 'tap'
import type { Scope } from '../../../src/domain/scope.ts'
import type { Change } from '../../../src/provision/plan/change.ts'
import { groupChanges, groupMembers, groupTitle } from '../../../src/provision/report/group-changes.ts'
import type { JsonValue } from '../../../src/provision/resource/json-value.ts'
import { account, accountId, aJob, aPolicy, aWebhook } from '../../support/provision-values.ts'

/* Which changes are read together, and how they are named. */

const zone = (index: number, name = `z${index}.example`): Scope => ({
  kind: 'zone',
  id: `${index}`.repeat(32),
  name,
  account: { id: accountId, name: 'Quay' },
})
function create(scope: Scope, name = 'sre-http', to: JsonValue = 'x'): Change {
  const fields = [{ path: 'filter', from: null, to }]
  return { change: 'create', kind: 'job', desired: aJob({ scope, name }), fields }
}
function told(changes: readonly Change[]) {
  return groupChanges(changes).map((group) => {
    const { what, where } = groupTitle(group)
    return `${what} in ${where}: ${groupMembers(group).join(', ')}`
  })
}

t.test('one change has the name and the place of its object', async (t) => {
  t.same(told([create(zone(1))]), ['job sre-http in zone z1.example: z1.example'])
  t.same(told([create(account)]), ['job sre-http in account Quay: Quay'])
})

t.test('three equal ones are a group, in the place of the first; two are not', async (t) => {
  t.same(told([create(zone(1)), create(zone(2))]), [
    'job sre-http in zone z1.example: z1.example',
    'job sre-http in zone z2.example: z2.example',
  ])
  const three = [1, 2, 3].map((index) => create(zone(index)))
  t.same(told([create(account, 'a', 1), ...three, create(account, 'b', 2)]), [
    'job a in account Quay: Quay',
    'job sre-http in 3 zones: z1.example, z2.example, z3.example',
    'job b in account Quay: Quay',
  ])
})

t.test('where the names differ the objects are counted by kind', async (t) => {
  const names = ['a', 'b', 'c']
  t.same(told(names.map((name) => create(zone(1), name))), [
    '3 jobs in zone z1.example: a (z1.example), b (z1.example), c (z1.example)',
  ])
  const policies = names.map(
    (name): Change => ({
      change: 'create',
      kind: 'policy',
      desired: aPolicy({ name }),
      fields: [],
    }),
  )
  t.same(told(policies), ['3 policies in account Quay: a (Quay), b (Quay), c (Quay)'])
  const webhooks = names.map(
    (name): Change => ({
      change: 'create',
      kind: 'webhook',
      desired: aWebhook(name),
      fields: [],
    }),
  )
  t.same(told(webhooks), ['3 webhooks in account Quay: a (Quay), b (Quay), c (Quay)'])
})

t.test('accounts are scopes, and a zone without a name is its id', async (t) => {
  const accounts = [1, 2, 3].map((index) => ({ kind: 'account', id: `${index}`, name: `A${index}` }) as const)
  t.same(told(accounts.map((scope) => create(scope))), ['job sre-http in 3 scopes: A1, A2, A3'])
  const nameless = [1, 2, 3].map((index) => create(zone(index, '')))
  t.same(told(nameless), [
    `job sre-http in 3 zones: ${[1, 2, 3].map((index) => `${index}`.repeat(32)).join(', ')}`,
  ])
})

t.test('what differs only by the name or the id of the zone is the same', async (t) => {
  const path = (scope: Scope): JsonValue => ({ a: [`x/${scope.name}/y`, 7, null], b: scope.id })
  const changes = [1, 2, 3].map((index) => create(zone(index), 'sre-http', path(zone(index))))
  const [group, ...more] = groupChanges(changes)
  t.same(more, [])
  t.strictSame(group?.fields, [
    { path: 'filter', from: null, to: { a: [`x/\${zone}/y`, 7, null], b: `\${zone_id}` } },
  ])
  const same = [1, 2, 3].map((index) => create(zone(index, ''), 'sre-http', 'abc'))
  t.strictSame(groupChanges(same)[0]?.fields[0]?.to, 'abc', 'an empty name is in no text')
})

t.test('a single change keeps what it says, and changes of another kind are another group', async (t) => {
  const [group] = groupChanges([create(zone(1), 'sre-http', 'x/z1.example')])
  t.equal(group?.fields[0]?.to, 'x/z1.example')
  const mixed = [1, 2, 3, 4].map((index) => create(zone(index), 'sre-http', index < 3 ? 'a' : 'b'))
  t.equal(groupChanges(mixed).length, 4)
})
