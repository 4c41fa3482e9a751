import t from 'tap'
import type { CheckFacts, ScopeFacts } from '../../../src/commands/check/check-facts.ts'
import { checkReport } from '../../../src/commands/check/check-report.ts'
import { ApiFailure } from '../../../src/errors.ts'
import type { TokenStatus } from '../../../src/ports/cloudflare.ts'
import { goodReport, works } from '../../support/check-values.ts'
import { plentifulLimits, quay, quayAccount, zone } from '../../support/exporter-core.ts'

/* How facts are judged, and which fail the check. */

const now = Date.UTC(2026, 10, 24, 3)
const day = 86_400_000
const done = <T>(value: T) => ({ ok: true, value }) as const
const failed = (kind: ApiFailure['kind'], ...codes: readonly string[]) =>
  ({ ok: false, failure: new ApiFailure(kind, `${kind}!`, { operation: 'test', codes }) }) as const

const blog = zone('blog.example')
const ofAccount: ScopeFacts = {
  scope: quayAccount,
  jobs: done(2),
  health: done(plentifulLimits),
  policies: done(1),
  audit: done(null),
}
const ofZone: ScopeFacts = { ...ofAccount, scope: blog, policies: null, audit: null }
const status: TokenStatus = { id: 'x', status: 'active', expiresOn: null }
const nothingElse = { unmatched: [], unreadable: [], notChecked: 0, arrival: null }
const good: CheckFacts = {
  token: done({ accountId: null, status }),
  accounts: done(1),
  zones: done(1),
  scopes: [ofAccount, ofZone],
  budget: { rest: null, graphql: null },
  ...nothingElse,
}
const report = (edit: Partial<CheckFacts> = {}) => checkReport({ ...good, ...edit }, null, now)
const ofScope = (edit: Partial<ScopeFacts>) => report({ scopes: [{ ...ofAccount, ...edit }] })
const token = (edit: Partial<TokenStatus>, accountId: string | null = null) =>
  report({ token: done({ accountId, status: { ...status, ...edit } }) })

t.test('of a token that can do everything nothing is missing', async (t) => {
  const limits = { max_duration_seconds: 3_600, not_older_than_seconds: 7 * 86_400, max_page_size: 10_000 }
  const health = { ...works, ...limits }
  const row = { account: 'Quay', zones_only: false, jobs: { ...works, count: 2 }, health }
  t.strictSame(report({ notChecked: 3 }), {
    ...goodReport,
    zones: { ...works, count: 1 },
    scopes: [
      { kind: 'account', ...quay, ...row, notifications: { ...works, count: 1 }, audit_log: works },
      { kind: 'zone', id: blog.id, name: blog.name, ...row, notifications: null, audit_log: null },
    ],
    not_checked: 3,
  })
})

t.test('a token must be active and not past its end', async (t) => {
  t.match(token({}, quay.id), { ok: true, token: { kind: 'account', account: quay.id } })
  t.match(token({ status: 'unknown' }), { ok: true })
  for (const state of ['disabled', 'expired'] as const)
    t.match(token({ status: state }), { ok: false, token: { status: state } })
  t.match(token({ expiresOn: now + 1.5 * day }), {
    ok: true,
    token: { expires: '2026-11-25T15:00:00.000Z', expires_in_days: 1 },
  })
  t.equal(token({ expiresOn: now + day }).token.expires_in_days, 1)
  t.match(token({ expiresOn: now }), { ok: true, token: { expires_in_days: 0 } })
  t.match(token({ expiresOn: now - 1 }), { ok: false, token: { expires_in_days: -1 } })
})

t.test('a token that could not be verified passes where it works', async (t) => {
  t.match(report({ token: failed('unavailable') }), {
    ok: true,
    token: { kind: 'unknown', status: 'unknown', account: null, message: 'unavailable!', refused: false },
  })
  for (const kind of ['auth', 'forbidden'] as const)
    t.match(report({ token: failed(kind) }), { ok: true, token: { refused: true } })
})

t.test('a refusal is a right that is missing, unless the token is refused everywhere', async (t) => {
  const refused = failed('forbidden')
  for (const kind of ['forbidden', 'auth'] as const)
    t.match(ofScope({ jobs: failed(kind) }).scopes, [{ jobs: { state: 'missing', message: `${kind}!` } }])
  t.match(ofScope({ jobs: failed('timeout') }).scopes, [{ jobs: { state: 'failed', count: null } }])
  const nothing = {
    token: failed('auth'),
    accounts: refused,
    zones: refused,
    scopes: [{ ...ofZone, jobs: refused, health: refused }],
  }
  const stateOf = (edit: Partial<CheckFacts>) => report({ ...nothing, ...edit }).scopes.at(-1)?.health.state
  t.equal(stateOf({}), 'failed')
  t.equal(stateOf({ token: done({ accountId: null, status }) }), 'missing')
  const disabled = { ...status, status: 'disabled' } as const
  t.equal(stateOf({ token: done({ accountId: null, status: disabled }), accounts: done(1) }), 'failed')
  t.equal(stateOf({ accounts: done(0) }), 'missing')
  t.equal(stateOf({ zones: done(0) }), 'missing')
  t.equal(stateOf({ scopes: [{ ...ofZone, health: refused }] }), 'missing')
  t.equal(stateOf({ scopes: [{ ...ofZone, jobs: refused }, ...nothing.scopes] }), 'missing')
})

t.test('what the plan or a quota refuses is not offered, and nothing is to be granted', async (t) => {
  for (const code of ['plan', 'quota']) {
    const refused = failed('forbidden', code)
    t.match(ofScope({ jobs: refused }), {
      ok: true,
      grants: [],
      scopes: [{ jobs: { state: 'not_offered' } }],
    })
    t.match(ofScope({ jobs: failed('auth', code) }).scopes, [{ jobs: { state: 'missing' } }])
    t.match(ofScope({ audit: refused }).scopes, [
      { audit_log: { state: 'not_offered', message: 'forbidden!' } },
    ])
  }
})

t.test('health data that is switched off is a loss only where there are jobs', async (t) => {
  const off = { health: done({ ...plentifulLimits, enabled: false }) }
  t.match(ofScope({ ...off, jobs: done(1) }), {
    ok: false,
    scopes: [
      {
        health: {
          state: 'not_offered',
          message: 'Cloudflare offers no Logpush health data here',
          max_page_size: 10_000,
        },
      },
    ],
  })
  for (const jobs of [done(0), failed('forbidden', 'plan')]) t.equal(ofScope({ ...off, jobs }).ok, true)
  t.match(ofScope({ health: done(null) }), {
    ok: true,
    scopes: [
      {
        health: {
          state: 'works',
          message: null,
          max_duration_seconds: null,
          not_older_than_seconds: null,
          max_page_size: null,
        },
      },
    ],
  })
})

t.test('jobs and health must work everywhere, the rest may fail', async (t) => {
  for (const part of ['jobs', 'health'] as const) {
    t.equal(ofScope({ [part]: failed('unavailable') }).ok, false, part)
    t.equal(ofScope({ [part]: failed('forbidden') }).ok, false, part)
  }
  t.equal(report({ scopes: [ofAccount, { ...ofZone, health: failed('timeout') }] }).ok, false, 'of one')
  t.equal(ofScope({ policies: failed('unavailable'), audit: failed('unavailable') }).ok, true)
  t.equal(report({ accounts: failed('unavailable') }).ok, false)
  t.equal(report({ zones: failed('unavailable') }).ok, false)
  t.equal(
    report({ accounts: failed('forbidden'), zones: failed('forbidden') }).ok,
    true,
    'known without a list',
  )
  t.equal(report({ scopes: [] }).ok, false)
})

t.test('an account of a token for zones is left alone, as long as there is a zone', async (t) => {
  const unlisted = { ...ofAccount, scope: { ...quayAccount, unlisted: true } as const }
  const refused = { ...unlisted, jobs: failed('forbidden'), health: failed('forbidden') }
  t.match(report({ scopes: [refused, ofZone] }), {
    ok: true,
    scopes: [{ zones_only: true }, { zones_only: false }],
  })
  t.equal(report({ scopes: [refused] }).ok, false)
  t.match(report({ scopes: [{ ...refused, health: failed('forbidden', 'plan') }, ofZone] }).scopes[0], {
    zones_only: true,
  })
  for (const edit of [
    { scope: quayAccount },
    { jobs: done(1) },
    { jobs: failed('unavailable') },
    { health: failed('unavailable') },
    { health: done(plentifulLimits) },
  ])
    t.match(report({ scopes: [{ ...refused, ...edit }, ofZone] }), {
      ok: false,
      scopes: [{ zones_only: false }, {}],
    })
})

t.test('jobs withheld because of Zero Trust ask for the right to see personal data', async (t) => {
  const withheld = ofScope({ jobs: failed('forbidden', 'zero_trust') })
  t.equal(withheld.ok, false)
  t.match(withheld.grants, [{ permission: 'Zero Trust: PII Read', for: ['Quay'] }])
  t.match(ofScope({ jobs: failed('forbidden', 'other') }).grants, [
    { permission: 'Logs Write', for: ['Quay'] },
  ])
})

t.test('a filter, a destination or an object that is not watched fails the check', async (t) => {
  const unmatched = report({ unmatched: [{ setting: 'exclude_zones', entry: 'x', near: null }] })
  t.match(unmatched, {
    ok: false,
    unmatched: [{ setting: '--cloudflare.exclude-zones', entry: 'x', near: null }],
  })
  const place = { scope: 's', job_id: '7', job: 'http', place: null, reader: null, message: null } as const
  const rest = { right: null, found: null, newest_file_end: null }
  const arrival = (...states: readonly ('works' | 'missing' | 'failed' | 'not_watched')[]) =>
    report({ arrival: states.map((state) => ({ ...place, ...rest, state })) })
  t.match(arrival('works', 'not_watched'), {
    ok: true,
    arrival: [{ state: 'works' }, { state: 'not_watched' }],
  })
  t.equal(arrival('works', 'missing').ok, false)
  t.equal(arrival('works', 'failed').ok, false)
  const odd = { kind: 'job', scope: '', id: '7', name: null, field: 'name', left_out: true } as const
  t.equal(report({ unreadable: [odd] }).ok, false)
  t.equal(report({ unreadable: [{ ...odd, left_out: false }] }).ok, true)
  t.equal(report({ unreadable: [{ ...odd, kind: 'policy' }] }).ok, true)
})

t.test('what is left of the budgets, and how far a manifest reaches', async (t) => {
  const left = { limit: 1_200, windowSeconds: 300, remaining: 7, resetSeconds: 12 }
  t.strictSame(report({ budget: { rest: left, graphql: null } }).budget, {
    rest: { limit: 1_200, window_seconds: 300, remaining: 7 },
    graphql: null,
  })
  const account = { kind: 'account', ...quay } as const
  const coverage = [
    { account, dataset: 'http_requests', uncovered: [blog, { ...blog, name: '' }] },
    { account: { ...account, name: '' }, dataset: 'dns_logs', uncovered: [] },
  ]
  t.strictSame(checkReport(good, coverage, now).coverage, [
    { account: 'Quay', dataset: 'http_requests', uncovered: ['blog.example', blog.id] },
    { account: quay.id, dataset: 'dns_logs', uncovered: [] },
  ])
})
