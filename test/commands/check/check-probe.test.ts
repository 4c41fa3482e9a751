import t from 'tap'
import type { Scope } from '../../../src/domain/scope.ts'
import type { ApiFailure } from '../../../src/errors.ts'
import type { Unreadable } from '../../../src/ports/listing.ts'
import { failureOf } from '../../support/cloudflare-clients.ts'
import { failure, plentifulLimits, quay, zone } from '../../support/exporter-core.ts'
import { active, blog, now, probe } from '../../support/probed-cloudflare.ts'

/* Everything that the exporter will ask, tried once. */

const other = { id: 'b'.repeat(32), name: 'Other' }
const odd: Unreadable = { id: '7', name: 'odd', field: 'enabled', leftOut: true }

const named = (scopes: readonly { readonly scope: Scope }[]) =>
  scopes.map(({ scope }) => `${scope.kind} ${scope.name}`)
const throwing = (error: ApiFailure) => (): never => {
  throw error
}

t.test('accounts and zones are counted, and each is looked at: accounts first', async (t) => {
  const { facts, told, verified, tried } = await probe({ jobs: ({ id }) => (id === blog.id ? 2 : 1) })
  t.match(facts, {
    token: { ok: true, value: { accountId: null, status: active } },
    accounts: { ok: true, value: 1 },
    zones: { ok: true, value: 1 },
    scopes: [
      { scope: { kind: 'account', ...quay }, jobs: { ok: true, value: 1 }, health: { ok: true } },
      { scope: blog, jobs: { ok: true, value: 2 }, policies: null, audit: null },
    ],
    unmatched: [],
    unreadable: [],
    notChecked: 0,
    arrival: null,
    budget: { rest: null, graphql: { remaining: 7 } },
  })
  t.strictSame(
    facts.scopes.map(({ health }) => health),
    [
      { ok: true, value: plentifulLimits },
      { ok: true, value: plentifulLimits },
    ],
  )
  t.strictSame(told, ['Checking 2 of 2 accounts and zones'])
  t.strictSame(verified, [null])
  t.strictSame(
    tried.map((scopes) => scopes.map(({ scope, jobs }) => [scope.name, jobs.map(({ id }) => id)])),
    [
      [
        ['Quay', ['1']],
        ['blog.example', ['1', '2']],
      ],
    ],
    'destinations are tried once, of the jobs found',
  )
})

t.test('jobs that cannot be listed have no destination to try', async (t) => {
  const { facts, tried } = await probe({ jobs: () => failure('forbidden') })
  t.match(facts.scopes, [{ jobs: { ok: false } }, { jobs: { ok: false } }])
  t.match(tried, [[{ jobs: [] }, { jobs: [] }]])
  t.strictSame(
    tried[0]?.flatMap(({ jobs }) => jobs),
    [],
  )
})

t.test('of an account, policies for disabled jobs count while they are switched on', async (t) => {
  const disabled = 'failing_logpush_job_disabled_alert'
  const { facts } = await probe({
    policies: [
      [disabled, true],
      [disabled, true],
      [disabled, false],
      ['billing_usage_alert', true],
    ],
  })
  t.strictSame(facts.scopes[0]?.policies, { ok: true, value: 2 })
})

t.test('of the audit log the last minute is read, of accounts only', async (t) => {
  const { facts, audits } = await probe()
  t.strictSame(audits, [{ accountId: quay.id, since: now - 60_000, before: now, cursor: null }])
  t.match(facts.scopes, [{ audit: { ok: true } }, { audit: null }])
})

t.test('without a network nothing is tried', async (t) => {
  for (const kind of ['network', 'timeout'] as const) {
    const broken = failure(kind)
    t.equal(await failureOf(probe({ verify: throwing(broken) })), broken, kind)
  }
})

t.test('trouble that is over soon ends the check only where nothing can be listed either', async (t) => {
  const broken = failure('unavailable')
  const all = { verify: throwing(broken), accounts: failure('bad_response'), zones: failure('partial') }
  t.equal(await failureOf(probe(all)), broken)
  for (const edit of [
    { verify: () => active },
    { verify: throwing(failure('auth')) },
    { accounts: [quay] },
    { accounts: failure('forbidden') },
    { zones: [blog] },
    { zones: failure('forbidden') },
  ])
    t.equal((await probe({ ...all, ...edit })).facts.notChecked, 0)
})

t.test("a token that is no user's is looked for among the accounts", async (t) => {
  const refused = failure('auth')
  const zones = [
    blog,
    zone('shop.example'),
    zone('other.example', other),
    zone('lost.example', { id: '', name: '' }),
  ]
  const owned = await probe({
    zones,
    verify: (accountId) => (accountId === other.id ? active : throwing(refused)()),
  })
  t.strictSame(owned.facts.token, { ok: true, value: { accountId: other.id, status: active } })
  t.strictSame(owned.verified, [null, quay.id, other.id], 'each once, and none without an id')
  const nobodys = await probe({ zones, verify: throwing(refused) })
  t.strictSame(nobodys.facts.token, { ok: false, failure: refused })
  t.strictSame(nobodys.verified, owned.verified)
})

t.test('at most twenty accounts are asked', async (t) => {
  const accounts = Array.from({ length: 21 }, (_, index) => ({
    id: `${index}`.padStart(32, '0'),
    name: `${index}`,
  }))
  const { verified } = await probe({ accounts, zones: [], verify: throwing(failure('auth')) })
  t.strictSame(verified, [null, ...accounts.slice(0, 20).map(({ id }) => id)])
})

t.test('of more than a hundred accounts and zones a sample is looked at, spread over all', async (t) => {
  const zones = (count: number) => Array.from({ length: count }, (_, index) => zone(`z${index}`))
  const all = await probe({ zones: zones(99) })
  t.equal(all.facts.scopes.length, 100)
  t.equal(all.facts.notChecked, 0)
  const { facts, told } = await probe({ zones: zones(249) })
  t.equal(facts.notChecked, 150)
  t.strictSame(told, ['Checking 100 of 250 accounts and zones'])
  t.strictSame(named(facts.scopes).slice(0, 4), ['account Quay', 'zone z1', 'zone z4', 'zone z6'])
  t.equal(named(facts.scopes).at(-1), 'zone z246')
})

t.test('zones that are named by their id are looked at, listed or not', async (t) => {
  const lost = '0123456789abcdef'.repeat(2)
  const zones = [{ ...blog, id: 'f'.repeat(32) }]
  const selected = { zones: [lost, 'f'.repeat(32)] }
  const { facts } = await probe({ zones }, selected)
  t.strictSame(named(facts.scopes), ['account Quay', 'zone blog.example', `zone ${lost}`])
  t.strictSame(facts.scopes[2]?.scope, { kind: 'zone', id: lost, name: lost, account: { id: '', name: '' } })
  const unlisted = await probe({ zones: failure('forbidden') }, selected)
  t.strictSame(named(unlisted.facts.scopes), ['account Quay', `zone ${lost}`, `zone ${'f'.repeat(32)}`])
  const excluded = await probe({ zones }, { ...selected, excludeZones: [lost] })
  t.strictSame(named(excluded.facts.scopes), ['account Quay', 'zone blog.example'])
  const byName = await probe({ zones }, { ...selected, excludeZones: ['blog.example'] })
  t.strictSame(named(byName.facts.scopes), ['account Quay', `zone ${lost}`])
})

t.test('a scope that is listed twice is looked at once', async (t) => {
  const { facts } = await probe({ accounts: [quay, quay], zones: [blog, blog] })
  t.strictSame(named(facts.scopes), ['account Quay', 'zone blog.example'])
})

t.test('filters are compared with what could be listed, and with nothing else', async (t) => {
  const filters = { accounts: ['Quai'], zones: ['blok.example'] }
  const [account, named] = (await probe({}, { ...filters, accounts: [] })).facts.unmatched
  t.match(account, { setting: 'zones', entry: 'blok.example', near: 'blog.example' })
  t.equal(named, undefined)
  t.match((await probe({}, filters)).facts.unmatched, [
    { setting: 'accounts', entry: 'Quai', near: 'Quay' },
    {},
  ])
  const unlisted = { accounts: failure('forbidden'), zones: failure('forbidden') }
  t.strictSame((await probe(unlisted, filters)).facts.unmatched, [])
})

t.test('what cannot be read of each list is told, with where it is', async (t) => {
  const { facts } = await probe({ unreadable: [odd] })
  const rest = { id: '7', name: 'odd', field: 'enabled', left_out: true }
  t.strictSame(
    facts.unreadable.toSorted((a, b) => (`${a.kind} ${a.scope}` < `${b.kind} ${b.scope}` ? -1 : 1)),
    [
      { kind: 'account', scope: '', ...rest },
      { kind: 'job', scope: 'account Quay', ...rest },
      { kind: 'job', scope: 'zone blog.example', ...rest },
      { kind: 'policy', scope: 'account Quay', ...rest },
      { kind: 'zone', scope: '', ...rest },
    ],
  )
})
