import t from 'tap'
import { closing, hasWorked, warnings } from '../../../src/commands/check/check-closing.ts'
import { permissions } from '../../../src/commands/check/check-grants.ts'
import type { CheckReport, Finding, ScopeReport } from '../../../src/commands/check/report-shape.ts'
import { accountReport, goodReport, works } from '../../support/check-values.ts'

/* What a report ends with, for each thing that can be wrong. */

const refused = { state: 'missing', message: 'no', count: null } as const
const failed = { state: 'failed', message: 'no', count: null } as const
const notOffered = { ...accountReport.health, state: 'not_offered', message: 'no' } as const

const report = (edit: Partial<CheckReport>): CheckReport => ({ ...goodReport, ...edit })
const token = (edit: Partial<CheckReport['token']>) => ({ ...goodReport.token, ...edit })
const scopes = (edit: Partial<ScopeReport>) => [{ ...accountReport, ...edit }]
const grant = (ability: keyof typeof permissions) => ({ ...permissions[ability], for: [] })
/** What is said of a report that is not good. */
const ends = (edit: Partial<CheckReport>) => closing(report({ ok: false, ...edit }))

/** Nothing could be done with the token. */
const blank: Partial<CheckReport> = { accounts: refused, zones: refused, scopes: [] }

const anotherToken =
  'The token does not work. If it was just created, wait a minute and run check again; otherwise create another one.'
const isExpired = 'The token is expired: create another one.'
const isDisabled = 'The token is disabled: enable it, or create another one.'
const hasFailed = 'Something that the exporter needs failed; see above.'

t.test('a token has worked as soon as anything works', async (t) => {
  const nothing: CheckReport = report(blank)
  const health = { ...accountReport.health, ...refused }
  t.equal(hasWorked(nothing), false)
  t.equal(hasWorked({ ...nothing, accounts: { ...works, count: 0 } }), true)
  t.equal(hasWorked({ ...nothing, zones: { ...works, count: 0 } }), true)
  t.equal(hasWorked({ ...nothing, scopes: scopes({ jobs: refused, health }) }), false)
  t.equal(hasWorked({ ...nothing, scopes: scopes({ health }) }), true)
  t.equal(hasWorked({ ...nothing, scopes: scopes({ jobs: refused }) }), true)
})

t.test('a token that expires within two weeks is a warning, until it has expired', async (t) => {
  const warned = (days: number | null, status: CheckReport['token']['status'] = 'active') =>
    warnings(report({ token: token({ expires_in_days: days, status }) }))
  const said = (days: string) => [
    `  The token expires in ${days}: replace it before, or nothing can be read.`,
  ]
  for (const days of [null, -1, 14]) t.strictSame(warned(days), [], String(days))
  t.strictSame(warned(0), said('0 days'))
  t.strictSame(warned(1), said('1 day'))
  t.strictSame(warned(13), said('13 days'))
  t.strictSame(warned(13, 'expired'), [])
  t.strictSame(warned(13, 'disabled'), said('13 days'))
})

t.test('a token that works without being verified is a warning', async (t) => {
  const unverified = token({ kind: 'unknown', message: 'no answer' })
  t.strictSame(warnings(report({ token: unverified })), [
    '  The token could not be verified, so its expiry is not known: no answer',
  ])
  t.strictSame(warnings(report({ ...blank, token: unverified })), [])
  t.strictSame(warnings(goodReport), [])
})

t.test('accounts of which only zones are watched are named', async (t) => {
  const alone = { ...accountReport, zones_only: true }
  const [one] = warnings(report({ scopes: [alone] }))
  t.match(one, / are not watched: Quay$/)
  t.strictSame(warnings(report({ scopes: [alone, accountReport, { ...alone, id: 'a2', name: '' }] })), [
    '  The token is for zones only, so jobs of the accounts themselves are not watched: Quay, a2',
  ])
})

t.test('a good report ends with one sentence', async (t) => {
  t.strictSame(closing(report({ zones: failed })), ['All required permissions are in place.'])
})

t.test('a token that cannot be used any more is told, and nothing that follows from it', async (t) => {
  const dead = { ...blank, accounts: failed }
  t.strictSame(ends({ ...dead, token: token({ status: 'expired' }) }), [isExpired])
  t.strictSame(ends({ ...dead, token: token({ expires_in_days: -1 }) }), [isExpired])
  t.strictSame(ends({ ...dead, token: token({ status: 'disabled' }) }), [isDisabled])
  t.strictSame(ends({ ...dead, token: token({ refused: true }) }), [anotherToken])
  t.strictSame(ends({ ...dead, token: token({ expires_in_days: 0 }) }), [hasFailed])
})

t.test('where something works all the same, what failed is told as well', async (t) => {
  const partly = { zones: failed }
  t.strictSame(ends({ ...partly, token: token({ status: 'expired' }) }), [isExpired, hasFailed])
  t.strictSame(ends({ ...partly, token: token({ status: 'disabled' }) }), [isDisabled, hasFailed])
  t.strictSame(ends({ ...partly, token: token({ refused: true }) }), [hasFailed])
})

t.test('a failure anywhere is one sentence', async (t) => {
  const health = { ...accountReport.health, ...failed }
  for (const edit of [
    { accounts: failed },
    { zones: failed },
    { scopes: scopes({ jobs: failed }) },
    { scopes: scopes({ health }) },
  ])
    t.strictSame(ends(edit), [hasFailed])
  const extras: Finding = failed
  t.strictSame(ends({ scopes: scopes({ notifications: failed, audit_log: extras }) }), [])
})

t.test(
  'what is missing and needed is told, with the two reasons for which granting may not help',
  async (t) => {
    const missing = [
      'Some required permissions are missing.',
      'If the token was just created: it can be refused for about a minute; run check again.',
    ]
    t.strictSame(ends({ grants: [grant('notifications')] }), [])
    t.strictSame(ends({ grants: [grant('notifications'), grant('list zones')] }), missing)
    t.strictSame(ends({ grants: [grant('list zones'), grant('zone jobs')] }), [
      ...missing,
      'Where Logs Write is granted already, the plan has no Logpush: granting does not help.',
    ])
  },
)

t.test('jobs without health data are told; a plan without jobs loses nothing', async (t) => {
  const said = (count: number | null) =>
    ends({ scopes: scopes({ health: notOffered, jobs: { ...works, count } }) })
  t.strictSame(said(1), ['Some jobs have no health data on their plan: only their state can be watched.'])
  t.strictSame(said(0), [])
  t.strictSame(said(null), [])
  t.strictSame(ends({}), [], 'with health data')
})

t.test('filters, objects and destinations that are not watched are told', async (t) => {
  t.strictSame(ends({ unmatched: [{ setting: '--cloudflare.zones', entry: 'x', near: null }] }), [
    'A filter matches nothing: what it was meant for would not be watched.',
  ])
  const odd = { kind: 'job', scope: '', id: '7', name: null, field: 'name', left_out: false } as const
  t.strictSame(ends({ unreadable: [odd] }), [])
  t.strictSame(ends({ unreadable: [odd, { ...odd, left_out: true }] }), [
    'Some objects cannot be read, so they are not watched.',
  ])
  const place = {
    scope: 'account Quay',
    job_id: '7',
    job: 'http',
    place: null,
    reader: null,
    message: null,
    right: null,
    found: null,
    newest_file_end: null,
  }
  const arrival = (...states: readonly (Finding['state'] | 'not_watched')[]) =>
    ends({ arrival: states.map((state) => ({ ...place, state })) })
  const unread = ['Some destinations cannot be read: what gets lost there would go unnoticed.']
  t.strictSame(arrival('works', 'missing'), unread)
  t.strictSame(arrival('works', 'failed'), unread)
  t.strictSame(arrival('works', 'not_watched'), [])
})

t.test('that there is nothing is said only where everything could be listed', async (t) => {
  t.strictSame(ends({ scopes: [] }), ['There is nothing to watch.'])
  t.strictSame(ends({ scopes: [], accounts: refused }), [])
  t.strictSame(ends({ scopes: [], zones: refused }), [])
})
