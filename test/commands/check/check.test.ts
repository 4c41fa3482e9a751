import t from 'tap'
import { checkReport } from '../../../src/commands/check/check-report.ts'
import { checkLines } from '../../../src/commands/check/check-text.ts'
import type { CheckReport } from '../../../src/commands/check/report-shape.ts'
import { type ApiFailure, type ExitCode, exitCode } from '../../../src/errors.ts'
import type { SimulatorOptions } from '../../../src/simulator/server.ts'
import { startSimulator } from '../../../src/simulator/server.ts'
import { accountScope, buildWorld, zoneScope } from '../../../src/simulator/world/world-builder.ts'
import type { TokenSpec } from '../../../src/simulator/world/world-spec.ts'
import { failureOf } from '../../support/cloudflare-clients.ts'
import { failure } from '../../support/exporter-core.ts'
import { fakeHttp, ok, text } from '../../support/fake-http.ts'
import { runCheck as check } from '../../support/run-check.ts'

type Tap = { teardown(end: () => Promise<void>): unknown }

async function checkJson(
  url: string,
  token: string,
  argv: readonly string[] = [],
): Promise<CheckReport & { code: ExitCode }> {
  const { code, lines } = await check(url, token, ['--output=json', ...argv])
  return { ...JSON.parse(lines.join('\n')), code }
}

function world(...tokens: readonly Partial<TokenSpec>[]) {
  const built = buildWorld(7)
  const account = built.account('Quay')
  const first = built.zone('quay.example', account)
  const second = built.zone('cdn.example', account)
  built.job({ scope: zoneScope(first), name: 'http' })
  built.job({ scope: accountScope(account), name: 'audit' })
  const texts = tokens.map((token) => built.token(token))
  return { spec: built.spec(), account, first, second, texts, builder: built }
}

async function simulated(t: Tap, tokens: readonly Partial<TokenSpec>[], more: SimulatorOptions = {}) {
  const made = world(...tokens)
  const sim = await startSimulator({ world: made.spec, ...more })
  t.teardown(() => sim.close())
  return { ...made, sim, token: made.texts[0] ?? '' }
}

t.test('a token that can do everything passes, and the table says what there is', async (t) => {
  const { sim, token } = await simulated(t, [{ expiresOn: Date.now() + 38.5 * 86_400_000 }])
  const { code, lines, log } = await check(sim.url, token)
  t.equal(code, exitCode.done)
  const settled = lines
    .join('\n')
    .replace(/\d{4}-\S+Z/, 'TIME')
    .replace(/\d+ of 1200/, 'R of 1200')
    .replace(/\d+ of 300/, 'G of 300')
  t.equal(
    settled,
    `
Token        user token, active, expires TIME (in 38 days)
Accounts     1
Zones        2
Budget left  REST R of 1200 in 5 min, GraphQL G of 300 in 5 min

SCOPE              JOBS    HEALTH                        NOTIFICATIONS
account Quay       1 job   last 31 days, 24 h per query  none for disabled jobs
zone quay.example  1 job   last 31 days, 24 h per query  -
zone cdn.example   0 jobs  last 31 days, 24 h per query  -

All required permissions are in place.`.slice(1),
  )
  t.match(log, 'Checking 3 of 3 accounts and zones')
  t.equal(
    sim.requests.recent().filter(({ method, path }) => method !== 'GET' && !path.endsWith('/graphql')).length,
    0,
  )
})

t.test('what is not granted is named, with where, and the exit code says so', async (t) => {
  const { first } = world()
  const { sim, token } = await simulated(t, [
    {
      grants: [
        { permission: 'account_settings_read' },
        { permission: 'zone_read' },
        { permission: 'logs_write', resources: [first] },
        { permission: 'analytics_read', resources: [first] },
      ],
    },
  ])
  const { code, lines } = await check(sim.url, token)
  t.equal(code, exitCode.failure)
  t.equal(
    lines.slice(5).join('\n'),
    `
SCOPE              JOBS           HEALTH                        NOTIFICATIONS
account Quay       NOT PERMITTED  NOT PERMITTED                 none for disabled jobs
zone quay.example  1 job          last 31 days, 24 h per query  -
zone cdn.example   NOT PERMITTED  NOT PERMITTED                 -

Grant these permissions to the token:
  Logs Write              [Account > Logs > Edit]               to list accounts' Logpush jobs: Quay
  Logs Write              [Zone > Logs > Edit]                  to list zones' Logpush jobs: cdn.example
  Account Analytics Read  [Account > Account Analytics > Read]  to read the health of accounts' jobs: Quay
  Analytics Read          [Zone > Analytics > Read]             to read the health of zones' jobs: cdn.example

Some required permissions are missing.
If the token was just created: it can be refused for about a minute; run check again.
Where Logs Write is granted already, the plan has no Logpush: granting does not help.`.slice(1),
  )
})

t.test('a lack of what is only useful is told and passes', async (t) => {
  const { sim, token } = await simulated(t, [
    {
      grants: [
        { permission: 'zone_read' },
        { permission: 'logs_write' },
        { permission: 'analytics_read' },
        { permission: 'account_analytics_read' },
      ],
    },
  ])
  const { code, lines } = await check(sim.url, token)
  t.equal(code, exitCode.done)
  t.strictSame(lines.slice(-5), [
    'Grant these permissions to the token:',
    '  Account Settings Read (optional)  [Account > Account Settings > Read]  to find accounts and their names, and show who changed a job',
    '  Notifications Read (optional)     [Account > Notifications > Read]     to read the notification history: Quay',
    '',
    'All required permissions are in place.',
  ])
})

t.test('the JSON form says the same, in a fixed shape', async (t) => {
  const { account, first } = world()
  const { sim, token } = await simulated(t, [
    {
      grants: [
        { permission: 'zone_read' },
        { permission: 'logs_write' },
        { permission: 'account_analytics_read' },
      ],
    },
  ])
  const report = await checkJson(sim.url, token)
  t.strictSame(Object.keys(report), [
    'ok',
    'token',
    'accounts',
    'zones',
    'scopes',
    'unmatched',
    'not_checked',
    'budget',
    'grants',
    'arrival',
    'coverage',
    'unreadable',
    'code',
  ])
  t.match(report, {
    ok: false,
    code: exitCode.failure,
    token: {
      kind: 'user',
      account: null,
      status: 'active',
      expires: null,
      expires_in_days: null,
      message: null,
    },
    accounts: {
      state: 'missing',
      message: /^cannot list accounts: the API token may not do this/,
      count: null,
    },
    zones: { state: 'works', message: null, count: 2 },
    not_checked: 0,
    budget: { rest: { limit: 1200, window_seconds: 300 }, graphql: { limit: 300, window_seconds: 300 } },
  })
  t.match(report.scopes[0], {
    kind: 'account',
    id: account,
    name: 'Quay',
    jobs: { state: 'works', count: 1 },
    health: {
      state: 'works',
      max_duration_seconds: 86_400,
      not_older_than_seconds: 2_678_400,
      max_page_size: 10_000,
    },
    notifications: { state: 'missing', count: null },
  })
  t.match(report.scopes[1], {
    kind: 'zone',
    id: first,
    account: 'Quay',
    health: { state: 'missing' },
    notifications: null,
  })
  t.strictSame(
    report.grants.map(({ permission, level, needed, for: names }) => [
      permission,
      level,
      needed,
      names.length,
    ]),
    [
      ['Account Settings Read', 'account', false, 0],
      ['Analytics Read', 'zone', true, 2],
      ['Notifications Read', 'account', false, 1],
    ],
    'accounts are known from their zones, so that listing them is not needed',
  )
})

t.test("an account's own token is found to be one", async (t) => {
  const { account } = world()
  const { sim, token } = await simulated(t, [
    { kind: 'account', accountId: account, expiresOn: Date.now() + 90_000 },
  ])
  t.match(
    (await check(sim.url, token)).lines[0],
    new RegExp(`^Token +account token \\(${account}\\), active, `),
  )
  const [first = ''] = (await check(sim.url, token, ['--output=json'])).lines
  t.equal(first, JSON.stringify(JSON.parse(first), null, 2), 'people read it too')
  const report = await checkJson(sim.url, token)
  t.match(report, { ok: true, token: { kind: 'account', account, status: 'active', expires_in_days: 0 } })
})

t.test('a token that is expired, or unknown, asks for no grants', async (t) => {
  const { sim, texts } = await simulated(t, [{ expiresOn: Date.now() - 86_400_000 }])
  const expired = await check(sim.url, texts[0] ?? '')
  t.equal(expired.code, exitCode.failure)
  t.match(expired.lines[0], /^Token +user token, expired, expired \d{4}-/)
  t.notOk(expired.lines.includes('Grant these permissions to the token:'))
  const unknown = await check(sim.url, 'canary-token-0a1b2c3d4e5f')
  t.equal(unknown.code, exitCode.failure)
  t.match(
    unknown.lines[0],
    /^Token +cannot verify the API token: Cloudflare refused the API token \(401, code 1000/,
  )
  t.match(unknown.lines.join('\n'), 'Other errors:\n  cannot list accounts: Cloudflare refused the API token')
  t.notOk(unknown.lines.includes('Grant these permissions to the token:'))
  t.notMatch([...unknown.lines, unknown.log].join('\n'), /canary/)
})

t.test('a plan without health data is a loss only where there are jobs', async (t) => {
  const { sim, token, first, second } = await simulated(t, [{}])
  sim.world.setHealthSettings(zoneScope(second), { enabled: false })
  const idle = await checkJson(sim.url, token)
  t.match(
    idle.scopes.find(({ id }) => id === second),
    { health: { state: 'not_offered', max_page_size: 10_000 } },
  )
  t.equal(idle.ok, true)
  sim.world.setHealthSettings(zoneScope(first), { enabled: false })
  const busy = await checkJson(sim.url, token)
  t.equal(busy.ok, false)
  t.strictSame(busy.grants, [])
})

t.test('filters choose what is looked at, and of very many only a sample is', async (t) => {
  const built = buildWorld(8)
  const account = built.account('Large')
  for (let i = 0; i < 240; i += 1) built.zone(`zone-${i}.example`, account)
  const sim = await startSimulator({ world: built.spec() })
  t.teardown(() => sim.close())
  const all = await check(sim.url, sim.token)
  t.equal(all.code, exitCode.done)
  t.ok(
    all.lines.includes(
      '141 more were not checked; select them with --cloudflare.accounts and --cloudflare.zones.',
    ),
  )
  t.ok(sim.requests.recent().length < 150, `${sim.requests.recent().length} requests`)
  const one = await checkJson(sim.url, sim.token, [
    '--cloudflare.zones=zone-239.example',
    '--cloudflare.rate-limit-type=account',
  ])
  t.strictSame(
    one.scopes.map(({ name }) => name),
    ['Large', 'zone-239.example'],
  )
  t.match(one, { ok: true, not_checked: 0 })
  const none = await checkJson(sim.url, sim.token, ['--cloudflare.accounts=Small'])
  t.match(none, { ok: false, scopes: [], grants: [] })
})

t.test('trouble with one scope is a finding; without an API at all there is nothing to find', async (t) => {
  const { sim, token } = await simulated(t, [{}])
  sim.faults.add({ effect: { kind: 'status', status: 503 }, operation: 'list_jobs' })
  const { code, lines } = await check(sim.url, token)
  t.equal(code, exitCode.failure)
  t.match(
    lines.join('\n'),
    /Other errors:\n {2}cannot list jobs: Cloudflare's API is failing \(503[^\n]*\n\n/,
  )
  const page = await fakeHttp(text(200, 'text/html', '<p>canary</p>'))
  await failsWith(check(page.baseUrl, token), 'bad_response')
  await page.close()
  await failsWith(check(page.baseUrl, token), 'network')

  async function failsWith(outcome: Promise<unknown>, kind: ApiFailure['kind']): Promise<void> {
    t.equal((await failureOf(outcome)).kind, kind)
  }
})

t.test('no secret of a destination comes out, in no form and at no log level', async (t) => {
  const { sim, token } = await simulated(t, [{}])
  sim.world.breakJob('http', 'expired_credentials')
  const secrets = [
    token,
    ...sim.world
      .jobs()
      .map(({ phases }) => /secret-access-key=(\w+)/.exec(JSON.stringify(phases))?.[1] ?? 'none'),
  ]
  t.equal(secrets.length, 3)
  for (const output of ['text', 'json']) {
    const { lines, log } = await check(sim.url, token, [`--output=${output}`, '--log.level=debug'])
    for (const secret of secrets) t.notOk([...lines, log].join('\n').includes(secret))
  }
})

t.test('a filter that matches nothing is named with what was meant, and fails the check', async (t) => {
  const { sim, token } = await simulated(t, [{}])
  const filters = ['--cloudflare.zones=quay.exmaple,*.example', '--cloudflare.exclude-zones=cnd*']
  const { code, lines } = await check(sim.url, token, filters)
  t.equal(code, exitCode.failure)
  t.match(
    lines.join('\n'),
    `
These filters match nothing that the token sees:
  --cloudflare.zones: quay.exmaple; did you mean quay.example?
  --cloudflare.exclude-zones: cnd*

A filter matches nothing: what it was meant for would not be watched.`,
  )
  const { unmatched } = await checkJson(sim.url, token, ['--cloudflare.accounts=Quai'])
  t.strictSame(unmatched, [{ setting: '--cloudflare.accounts', entry: 'Quai', near: 'Quay' }])
})

t.test('globs choose among accounts and zones', async (t) => {
  const { sim, token } = await simulated(t, [{}])
  const { scopes, ok } = await checkJson(sim.url, token, [
    '--cloudflare.accounts=Q*',
    '--cloudflare.zones=c?n.*',
  ])
  t.equal(ok, true)
  t.strictSame(
    scopes.map(({ name }) => name),
    ['Quay', 'cdn.example'],
  )
})

t.test('the verification of the token is advice: what it does not say costs nothing else', async (t) => {
  for (const variant of ['token/no-id', 'token/list', 'token/failing', 'token/wrong-kind']) {
    const { sim, token } = await simulated(t, [{}], { variants: [{ name: variant }] })
    const { code, lines } = await check(sim.url, token)
    t.equal(code, exitCode.done, variant)
    t.match(lines.join('\n'), /^account Quay +1 job/m, 'the table is there')
    const unverified = variant !== 'token/no-id'
    t.equal(
      lines.some((line) => line.includes('could not be verified')),
      unverified,
      variant,
    )
    t.equal((await checkJson(sim.url, token)).token.status, unverified ? 'unknown' : 'active')
  }
})

t.test('throttling is waited out once, and costs what is throttled for longer alone', async (t) => {
  const { sim, token } = await simulated(t, [{}])
  const throttled = { kind: 'status', status: 429, retryAfterSeconds: 1 } as const
  sim.faults.add({ effect: throttled, operation: 'list_zones', count: 1 })
  sim.faults.add({ effect: throttled, operation: 'verify_token' })
  const one = await check(sim.url, token)
  t.equal(one.code, exitCode.done)
  t.match(one.lines.join('\n'), /^account Quay +1 job/m)
  t.match(one.lines.join('\n'), /could not be verified.*: the API rate limit is exhausted \(429/)
})

t.test('accounts and zones that cannot be listed fail the check', async (t) => {
  for (const operation of ['list_accounts', 'list_zones']) {
    const { sim, token } = await simulated(t, [{}])
    sim.faults.add({ effect: { kind: 'status', status: 503 }, operation })
    const { code, lines } = await check(sim.url, token)
    t.equal(code, exitCode.failure, operation)
    t.equal(lines.at(-1), 'Something that the exporter needs failed; see above.')
  }
})

t.test('a token near its end is a warning, one past its end fails', async (t) => {
  const day = 86_400_000
  const ends = async (days: number) => {
    const { sim, token } = await simulated(t, [{ expiresOn: Date.now() + days * day + 60_000 }])
    const { code, lines } = await check(sim.url, token)
    return [code, lines.find((line) => line.includes('replace it before')) ?? null]
  }
  t.strictSame(await ends(14), [exitCode.done, null])
  t.match(await ends(13), [exitCode.done, /^ {2}The token expires in 13 days/])
  t.match(await ends(1), [exitCode.done, /in 1 day:/])
  const server = await fakeHttp((response, request, socket) => {
    const verified = request.url.endsWith('/tokens/verify')
    const result = verified ? { id: 'x', status: 'active', expires_on: '2020-01-01T00:00:00Z' } : []
    ok(result)(response, request, socket)
  })
  t.teardown(() => server.close())
  const { code, lines } = await check(server.baseUrl, 'token-0123456789')
  t.equal(code, exitCode.failure)
  t.match(lines.join('\n'), 'The token is expired: create another one.')
})

t.test('objects that nothing tells apart are one line, counted', (t) => {
  const odd = { kind: 'account', scope: '', id: null, name: null, field: 'id', left_out: true } as const
  const list = Array.from({ length: 100 }, () => odd)
  const failed = { ok: false, failure: failure('forbidden') } as const
  const report = checkReport(
    {
      token: failed,
      accounts: { ok: true, value: 0 },
      zones: failed,
      scopes: [],
      unmatched: [],
      unreadable: list,
      notChecked: 0,
      arrival: null,
      budget: { rest: null, graphql: null },
    },
    null,
    Date.now(),
  )
  t.strictSame(
    checkLines(report).filter((line) => line.includes('not as documented')),
    ['  account of unknown id: id is not as documented, so it is left out (100 times)'],
  )
  t.end()
})

t.test('objects that cannot be read are listed; one that is not watched fails the check', async (t) => {
  for (const [variant, watched] of [
    ['jobs/odd-fields', true],
    ['jobs/unreadable', false],
  ] as const) {
    const { sim, token } = await simulated(t, [{}], { variants: [{ name: variant }] })
    const { code, lines } = await check(sim.url, token)
    t.equal(code, watched ? exitCode.done : exitCode.failure, variant)
    t.match(
      lines.join('\n'),
      /These objects cannot be read in full; others are not affected:\n {2}job .* in account Quay: \w+ is not as documented/,
    )
    const report = await checkJson(sim.url, token)
    t.match(report.unreadable, [{ kind: 'job', scope: 'account Quay', left_out: !watched }, {}, {}])
    t.equal(new Set(report.unreadable.map(({ scope }) => scope)).size, 3, 'in each account and zone')
  }
})

t.test(
  'with a manifest, zones that have no job of a dataset are named, and do not fail the check',
  async (t) => {
    const { sim, token, account } = await simulated(t, [{}])
    const manifest = (zones: string) => `version: 1
account: { id: ${account} }
jobs:
  - name: http
    zones: ${zones}
    dataset: http_requests
    destination: { s3: { bucket: b, region: us-east-1, access_key_id: a, secret_access_key: "\${env:NOT_SET}" } }
`
    const folder = t.testdir({
      'some.yaml': manifest('[quay.example]'),
      'all.yaml': manifest('all'),
      'wrong.yaml': manifest('7'),
    })
    const uncovered = async (file: string) =>
      (await checkJson(sim.url, token, [`--manifest.file=${folder}/${file}`])).coverage
    t.strictSame(await uncovered('some.yaml'), [
      { account: 'Quay', dataset: 'http_requests', uncovered: ['cdn.example'] },
    ])
    t.match(await uncovered('all.yaml'), [{ uncovered: [] }])
    t.equal((await checkJson(sim.url, token)).coverage, null)
    const { code, lines } = await check(sim.url, token, [`--manifest.file=${folder}/some.yaml`])
    t.equal(code, exitCode.done)
    t.ok(lines.includes('  http_requests in account Quay: cdn.example'), lines.join('\n'))
    await t.rejects(check(sim.url, token, [`--manifest.file=${folder}/wrong.yaml`]), {
      message: /wrong\.yaml:5:12: jobs\[0\]\.zones: expected all/,
      exitCode: exitCode.manifest,
    })
  },
)
