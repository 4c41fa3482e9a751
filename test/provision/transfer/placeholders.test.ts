import t from 'tap'
import type { Scope } from '../../../src/domain/scope.ts'
import { Secret } from '../../../src/domain/secret.ts'
import {
  createPlaceholders,
  freeName,
  objectTitle,
  variableName,
} from '../../../src/provision/transfer/placeholders.ts'
import { account, zone } from '../../support/provision-values.ts'

/* The variables that stand for secrets in an exported file. */

const job = (name: string, scope: Scope = account) => ({ kind: 'job', scope, name }) as const

t.test('the same secret in the same field has one variable, another one has its own', async (t) => {
  const names = createPlaceholders()
  t.equal(names.nameOf(job('a'), 'destination.token', new Secret('x')), 'A_TOKEN')
  t.equal(names.nameOf(job('b'), 'destination.token', new Secret('x')), 'A_TOKEN')
  t.equal(names.nameOf(job('b'), 'destination.token', new Secret('y')), 'B_TOKEN')
  t.equal(names.nameOf(job('b'), 'url', new Secret('x')), 'B_URL')
  t.same(
    names.variables.map(({ name, what, value }) => [name, what, value?.reveal()]),
    [
      ['A_TOKEN', 'destination.token of job a', 'x'],
      ['B_TOKEN', 'destination.token of job b', 'y'],
      ['B_URL', 'url of job b', 'x'],
    ],
  )
})

t.test('secrets that are not known are one for each object', async (t) => {
  const names = createPlaceholders()
  t.equal(names.nameOf(job('a'), 'secret', null), 'A_SECRET')
  t.equal(names.nameOf(job('a'), 'secret', null), 'A_SECRET')
  t.equal(names.nameOf(job('b'), 'secret', null), 'B_SECRET')
  t.equal(names.nameOf(job('a'), 'secret', new Secret('x')), 'A_ACCOUNT_SECRET')
  t.same(
    names.variables.map(({ value }) => value?.reveal() ?? null),
    [null, null, 'x'],
  )
})

t.test('a name that is taken gets the place, then a number', async (t) => {
  const names = createPlaceholders()
  const next = (scope: Scope, secret: string) => names.nameOf(job('a', scope), 'url', new Secret(secret))
  t.same(
    [next(zone, '1'), next(zone, '2'), next(account, '3'), next(zone, '4'), next(zone, '5')],
    ['A_URL', 'A_QUAY_EXAMPLE_URL', 'A_ACCOUNT_URL', 'A_QUAY_EXAMPLE_URL_2', 'A_QUAY_EXAMPLE_URL_3'],
  )
  t.equal(next({ ...zone, name: '' }, '6'), `A_${zone.id.toUpperCase()}_URL`)
  t.equal(
    freeName('a', 'b', () => false),
    'a',
  )
})

t.test('a name is one that a shell takes', async (t) => {
  t.equal(variableName('sre-http url.path'), 'SRE_HTTP_URL_PATH')
  t.equal(variableName('--a--'), 'A')
  t.equal(variableName('1st'), 'X_1ST')
  t.equal(variableName('Café'), 'CAFE')
  t.equal(variableName('日'), 'X_')
})

t.test('an object of a zone is titled with it', async (t) => {
  t.equal(objectTitle(job('a')), 'job a')
  t.equal(objectTitle(job('a', zone)), 'job a in zone quay.example')
})
