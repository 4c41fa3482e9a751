import t from 'tap'
import { checkLines } from '../../../src/commands/check/check-text.ts'
import type { CheckReport, ScopeReport, UnreadableReport } from '../../../src/commands/check/report-shape.ts'
import { goodReport as report, accountReport as scope, works } from '../../support/check-values.ts'

/* The lines of a report, one part after the other. */

const lines = (edit: Partial<CheckReport> = {}, width?: number) => checkLines({ ...report, ...edit }, width)
const line = (start: string, edit: Partial<CheckReport> = {}) =>
  lines(edit)
    .find((one) => one.startsWith(start))
    ?.replace(/ {2,}/g, ' ')

t.test('a report without trouble is a head, a table and one sentence', async (t) => {
  t.same(lines(), [
    'Token        user token, active, never expires',
    'Accounts     1',
    'Zones        0',
    'Budget left  REST unknown, GraphQL unknown',
    '',
    'SCOPE         JOBS    HEALTH                    NOTIFICATIONS',
    'account Quay  2 jobs  last 24 h, 1 h per query  1 policy',
    '',
    'All required permissions are in place.',
  ])
})

t.test('the token says whose it is, and when it expires', async (t) => {
  const token = (edit: Partial<CheckReport['token']>, more: Partial<CheckReport> = {}) =>
    line('Token', { token: { ...report.token, ...edit }, ...more })
  const expires = '2026-12-01T00:00:00Z'
  t.equal(token({ kind: 'account', account: 'Quay' }), 'Token account token (Quay), active, never expires')
  for (const [days, said] of [
    [-1, `expired ${expires}`],
    [0, `expires ${expires} (in 0 days)`],
    [1, `expires ${expires} (in 1 day)`],
    [2, `expires ${expires} (in 2 days)`],
  ] as const)
    t.equal(token({ expires, expires_in_days: days }), `Token user token, active, ${said}`)
  const unknown = { kind: 'unknown', message: 'no answer' } as const
  t.equal(token(unknown), 'Token works, not verified')
  const failed = { state: 'failed', message: 'x' } as const
  const blind = { scopes: [], accounts: { ...failed, count: null }, zones: { ...failed, count: null } }
  t.equal(token(unknown, blind), 'Token no answer')
  t.equal(token({ ...unknown, message: null }, blind), 'Token unknown')
})

t.test('what is left of a budget, with its limit and window as far as they are known', async (t) => {
  const budget = (limit: number | null, window: number | null) =>
    line('Budget', { budget: { rest: { limit, window_seconds: window, remaining: 7 }, graphql: null } })
  t.equal(budget(null, 300), 'Budget left REST 7, GraphQL unknown')
  t.equal(budget(1_200, null), 'Budget left REST 7 of 1200, GraphQL unknown')
  for (const [seconds, said] of [
    [1, '1 s'],
    [90, '90 s'],
    [300, '5 min'],
    [3_600, '1 h'],
    [86_400, '24 h'],
    [90_000, '25 h'],
    [172_800, '2 days'],
  ] as const)
    t.equal(budget(1_200, seconds), `Budget left REST 7 of 1200 in ${said}, GraphQL unknown`)
})

t.test('a row of the table says what is there, or why it is not known', async (t) => {
  const row = (edit: Partial<ScopeReport>) => line('account', { scopes: [{ ...scope, ...edit }] })
  const of = (state: 'missing' | 'not_offered' | 'failed') => ({ state, message: 'x' })
  t.equal(row({}), 'account Quay 2 jobs last 24 h, 1 h per query 1 policy')
  t.equal(row({ name: '' }), 'account a1 2 jobs last 24 h, 1 h per query 1 policy')
  for (const [state, said] of [
    ['missing', 'NOT PERMITTED'],
    ['not_offered', 'not available'],
    ['failed', 'FAILED'],
  ] as const) {
    t.equal(
      row({
        jobs: { ...of(state), count: null },
        health: { ...scope.health, ...of(state) },
        notifications: { ...of(state), count: null },
      }),
      `account Quay ${said} ${said} ${said}`,
    )
  }
  for (const unknown of [{ max_duration_seconds: null }, { not_older_than_seconds: null }])
    t.equal(row({ health: { ...scope.health, ...unknown } }), 'account Quay 2 jobs works 1 policy')
  t.match(row({ notifications: null }), / -$/)
  t.match(row({ notifications: { ...works, count: 0 } }), / none for disabled jobs$/)
  t.match(row({ notifications: { ...works, count: 2 } }), / 2 policies$/)
})

t.test('a table that is too wide becomes a list', async (t) => {
  const table = lines().find((one) => one.startsWith('SCOPE')) ?? ''
  t.ok(lines({}, table.length).includes(table), 'to the column')
  const narrow = lines({}, table.length - 1)
  t.same(narrow.slice(5, 9), [
    'account Quay',
    '  jobs           2 jobs',
    '  health         last 24 h, 1 h per query',
    '  notifications  1 policy',
  ])
  const zone = lines({ scopes: [{ ...scope, kind: 'zone', notifications: null }] }, 20)
  t.notMatch(zone.join('\n'), /notifications/)
})

t.test('where nothing is to be seen it says whether there is nothing', async (t) => {
  const failed = { state: 'failed', message: 'x', count: null } as const
  const said = (edit: Partial<CheckReport>) => lines({ scopes: [], ...edit })[5]
  t.equal(said({}), 'The token sees no accounts or zones.')
  t.equal(said({ accounts: failed }), 'No accounts or zones could be listed.')
  t.equal(said({ zones: failed }), 'No accounts or zones could be listed.')
  t.equal(
    line('3 more', { not_checked: 3 }),
    '3 more were not checked; select them with --cloudflare.accounts and --cloudflare.zones.',
  )
})

t.test('each message is there once, with all whom it concerns', async (t) => {
  const failed = { state: 'failed', message: 'no answer' } as const
  const scopes: readonly ScopeReport[] = [
    { ...scope, jobs: { ...failed, count: null }, audit_log: failed },
    { ...scope, kind: 'zone', name: 'quay.io', health: { ...scope.health, ...failed }, audit_log: null },
    { ...scope, name: 'Lab', jobs: { state: 'not_offered', message: 'not in the plan', count: null } },
  ]
  const all = lines({ scopes, zones: { ...failed, message: 'no zones', count: null } })
  t.same(all.slice(all.indexOf('Granting permissions does not help here:'), -2), [
    'Granting permissions does not help here:',
    '  not in the plan: account Lab',
    '',
    'Other errors:',
    '  no zones',
    '  no answer: account Quay, zone quay.io',
  ])
})

t.test('objects that cannot be read are named as far as they can be, and the rest is counted', async (t) => {
  const odd: UnreadableReport = {
    kind: 'job',
    scope: 'account Quay',
    id: '7',
    name: 'http',
    field: 'enabled',
    left_out: true,
  }
  const said = (...unreadable: readonly UnreadableReport[]) => {
    const all = lines({ unreadable })
    const from = all.findIndex((one) => one.startsWith('These objects')) + 1
    return all.slice(from, all.indexOf('', from))
  }
  for (const [edit, expected] of [
    [{}, '  job 7 (http) in account Quay: enabled is not as documented, so it is left out'],
    [{ left_out: false }, '  job 7 (http) in account Quay: enabled is not as documented'],
    [
      { id: null },
      '  job of unknown id (http) in account Quay: enabled is not as documented, so it is left out',
    ],
    [{ name: null, scope: '' }, '  job 7: enabled is not as documented, so it is left out'],
    [{ name: '', scope: '' }, '  job 7: enabled is not as documented, so it is left out'],
  ] as const)
    t.same(said({ ...odd, ...edit }), [expected])
  t.match(said(odd, odd)[0], / \(2 times\)$/)
  const many = (count: number) =>
    said(...Array.from({ length: count }, (_, index) => ({ ...odd, id: String(index) })))
  t.equal(many(20).length, 20)
  t.same(many(22).slice(20), ['  and 2 more'])
})

t.test('filters, grants and zones without a job', async (t) => {
  const grant = {
    permission: 'Logs Read',
    dashboard: 'Account, Logs, Read',
    level: 'account',
    to: 'read jobs',
    needed: true,
    for: ['Quay'],
  } as const
  const optional = { ...grant, needed: false, for: [] }
  const all = lines({
    unmatched: [
      { setting: '--cloudflare.zones', entry: 'quay.oi', near: 'quay.io' },
      { setting: '--cloudflare.zones', entry: 'x', near: null },
    ],
    grants: [grant, optional],
    coverage: [
      { account: 'Quay', dataset: 'http_requests', uncovered: ['a.example', 'b.example'] },
      { account: 'Quay', dataset: 'dns_logs', uncovered: [] },
    ],
  })
  for (const expected of [
    '  --cloudflare.zones: quay.oi; did you mean quay.io?',
    '  --cloudflare.zones: x',
    '  http_requests in account Quay: a.example, b.example',
  ])
    t.ok(all.includes(expected), expected)
  t.same(
    all.filter((one) => one.includes('Logs Read')).map((one) => one.replace(/ {2,}/g, ' ')),
    [
      ' Logs Read [Account, Logs, Read] to read jobs: Quay',
      ' Logs Read (optional) [Account, Logs, Read] to read jobs',
    ],
  )
  t.notMatch(all.join('\n'), /dns_logs/)
  const narrow = lines({ grants: [grant] }, 30)
  t.ok(narrow.includes('    [Account, Logs, Read]'))
})
