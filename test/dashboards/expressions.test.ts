import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { stringify } from 'yaml'
import { type RuleFile, readRules, ruleForms } from '../../.build/generated/alert-files.ts'
import { dashboardFiles, readDashboard } from './dashboard-file.ts'
import { otherQueries, type PanelQuery, panelQueries, type VariableValues } from './panel-queries.ts'
import { promtool, promtoolIsMissing } from './promtool.ts'

/*
 * Prometheus' own opinion: that the expressions are well typed, and what they give for a made-up fleet
 * that two replicas watch. `promtool test` starts at Unix time 0; the fleet is looked at after two hours.
 */

const now = 7200
const all = dashboardFiles.map((file) => readDashboard(file))

function queryOf(panel: string, refId = 'A', values: VariableValues = {}): string {
  const found = all
    .flatMap((dashboard) => panelQueries(dashboard, values))
    .find((query) => query.panel === panel && query.refId === refId)
  if (found === undefined) throw new Error(`no query ${refId} of ${panel}`)
  return found.expr
}

interface Job {
  readonly id: string
  readonly zone: string
  readonly enabled?: number
  readonly failing?: number
  /** Instant of the last complete push; null: never. */
  readonly complete?: number | null
  /** Batches lost per minute. */
  readonly lost?: number
  /** What replica a and replica b say of `disabled by failure`. */
  readonly disabled?: readonly [number, number]
}

const jobs: readonly Job[] = [
  { id: '1', zone: 'a.example.com' },
  { id: '2', zone: 'a.example.com', failing: 1 },
  { id: '3', zone: 'b.example.com', failing: 1, lost: 2 },
  // Only one of the replicas got Cloudflare's notification.
  { id: '4', zone: 'b.example.com', enabled: 0, complete: 600, disabled: [1, 0] },
  { id: '5', zone: '', complete: 600 },
  { id: '6', zone: '', complete: null },
  { id: '7', zone: '', enabled: 0, complete: 600 },
]

/** One row each for the jobs 2 to 6. */
const trouble = Object.fromEntries(['2', '3', '4', '5', '6'].map((id) => [`{job_id="${id}"}`, 1]))

/** Those that fail, and those whose last push is old. */
const failingOrBehind = { '2': true, '3': true, '4': true, '5': true, '7': true }

const replicas = ['a', 'b'] as const
const minutes = now / 60

interface Series {
  readonly series: string
  readonly values: string
}

function constant(series: string, value: number): Series {
  return { series, values: `${value}x${minutes}` }
}

function rising(series: string, perMinute: number): Series {
  return { series, values: `0+${perMinute}x${minutes}` }
}

function seriesOf(job: Job, replica: 'a' | 'b'): Series[] {
  const name = (metric: string, labels = '') =>
    `${metric}{job="exporter",instance="${replica}",account="Example",zone="${job.zone}",job_id="${job.id}"${labels}}`
  // Replica b has not yet noticed that job 1 has a new name.
  const jobName = job.id === '1' && replica === 'b' ? 'old name' : `job ${job.id}`
  const complete = job.complete === undefined ? now - 60 : job.complete
  const info = `,job_name="${jobName}",dataset="${job.zone === '' ? 'audit_logs' : 'http_requests'}",destination_type="s3",destination="s3://b",kind="",account_id="",zone_id=""`
  return [
    constant(name('cloudflare_logpush_job_info', info), 1),
    constant(name('cloudflare_logpush_job_enabled'), job.enabled ?? 1),
    constant(name('cloudflare_logpush_job_failing'), job.failing ?? 0),
    constant(name('cloudflare_logpush_job_max_lag_seconds'), 1800),
    constant(
      name('cloudflare_failing_logpush_job_disabled_alert'),
      job.disabled?.[replica === 'a' ? 0 : 1] ?? 0,
    ),
    rising(name('cloudflare_logpush_batches_total'), 10),
    rising(name('cloudflare_logpush_batches_failed_total'), job.lost ?? 0),
    rising(name('cloudflare_logpush_records_total'), 600),
    rising(name('cloudflare_logpush_records_lost_total'), (job.lost ?? 0) * 60),
    ...(complete === null
      ? []
      : [constant(name('cloudflare_logpush_job_last_complete_timestamp_seconds'), complete)]),
    ...(job.failing === 1
      ? [
          constant(name('cloudflare_logpush_job_failure_info', ',reason="auth"'), 1),
          constant(name('cloudflare_logpush_job_failing_since_timestamp_seconds'), 600),
        ]
      : []),
  ]
}

function inventorySeries(zone: string, replica: string): Series {
  const labels = `{job="exporter",instance="${replica}",account="Example",zone="${zone}",source="inventory"}`
  // Replica b has read a minute earlier.
  return constant(`cloudflare_logpush_data_timestamp_seconds${labels}`, now - (replica === 'a' ? 60 : 120))
}

function healthSeries(zone: string, replica: string, up: number): Series[] {
  const labels = `{job="exporter",instance="${replica}",account="Example",zone="${zone}",source="health"}`
  return [
    constant(`cloudflare_logpush_up${labels}`, up),
    constant(`cloudflare_logpush_data_timestamp_seconds${labels}`, now - (replica === 'a' ? 600 : 60)),
  ]
}

const inputSeries = [
  ...['a.example.com', 'b.example.com', ''].flatMap((zone) =>
    replicas.map((one) => inventorySeries(zone, one)),
  ),
  ...jobs.flatMap((job) => replicas.flatMap((replica) => seriesOf(job, replica))),
  ...healthSeries('a.example.com', 'a', 0),
  ...healthSeries('a.example.com', 'b', 1),
  ...healthSeries('b.example.com', 'a', 0),
  ...healthSeries('b.example.com', 'b', 0),
]

/** A value by the labels of its series, as promtool writes them. */
type Expected = Readonly<Record<string, number>>

/** The rules that record what matches. */
function rulesOf(record: RegExp): RuleFile {
  const groups = readRules(ruleForms[0].rules).groups.map((group) => ({
    ...group,
    rules: group.rules.filter((rule) => 'record' in rule && record.test(rule.record)),
  }))
  return { groups: groups.filter(({ rules }) => rules.length > 0) }
}

/** What all jobs do together. */
const fleetRules = rulesOf(/:rate5m$|_job_info:unique$|:outdated$/)

/** What the overview reads of jobs in trouble. */
const troubleRules = rulesOf(/^cloudflare_logpush:limit$|_lag_seconds:late$|_job_disabled:seen$|:outdated$/)

/** What promtool has against an expression's result; empty when it is as expected. */
function differences(expr: string, expected: Expected, rules: RuleFile | null = null): string {
  const exp_samples = Object.entries(expected).map(([labels, value]) => ({ labels, value }))
  const folder = mkdtempSync(join(tmpdir(), 'dashboards-'))
  const file = join(folder, 'rules.yaml')
  writeFileSync(file, stringify(rules ?? { groups: [] }))
  const { status, output } = promtool(['test', 'rules'], {
    rule_files: [file],
    group_eval_order: rules?.groups.map(({ name }) => name) ?? [],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: inputSeries,
        promql_expr_test: [{ expr, eval_time: `${now}s`, exp_samples }],
      },
    ],
  })
  rmSync(folder, { recursive: true })
  return status === 0 ? '' : output
}

function ofJob(id: string): string {
  const zone = jobs.find((job) => job.id === id)?.zone ?? ''
  return `{account="Example", job_id="${id}"${zone === '' ? '' : `, zone="${zone}"`}}`
}

t.test('Prometheus finds every expression well typed', { skip: promtoolIsMissing }, async (t) => {
  const queries: PanelQuery[] = all.flatMap((dashboard) => [
    ...panelQueries(dashboard),
    ...otherQueries(dashboard),
  ])
  const rules = queries.map(({ expr }, index) => ({ record: `dashboards:query${index}`, expr }))
  const good = promtool(['check', 'rules'], { groups: [{ name: 'dashboards', rules }] })
  t.equal(good.status, 0, good.output)
  t.match(good.output, `${queries.length} rules found`)
  const bad = promtool(['check', 'rules'], {
    groups: [{ name: 'dashboards', rules: [{ record: 'a:b', expr: 'rate(up)' }] }],
  })
  t.not(bad.status, 0, 'it would say so')
})

t.test('what is lost in a range of time is added up at the interval at which it is recorded', async (t) => {
  const [query, ...others] = panelQueries(readDashboard('overview.json')).filter(({ expr }) =>
    expr.includes('sum_over_time'),
  )
  t.same(others, [])
  const [factor, , record] =
    /^(\d+) \* sum\((.*sum_over_time\(([\w:]+))/.exec(query?.expr ?? '')?.slice(1) ?? []
  const group = readRules('cloudflare-logpush.rules.yaml').groups.find(({ rules }) =>
    rules.some((rule) => 'record' in rule && rule.record === record),
  )
  t.equal(group?.interval, `${Number(factor) / 60}m`, `${record}`)
})

t.test('the state of a job is the worst that is true of it', { skip: promtoolIsMissing }, async (t) => {
  const states = { '1': 0, '2': 4, '3': 6, '4': 7, '5': 3, '6': 2, '7': 1 }
  const expected = Object.fromEntries(Object.entries(states).map(([id, level]) => [ofJob(id), level]))
  const listed = queryOf('Jobs by trouble', 'state', { show: '0' })
  t.equal(differences(`max by (account, zone, job_id) (${listed})`, expected, troubleRules), '')
  t.equal(differences(queryOf('State', 'A', { job_id: '3' }), { [ofJob('3')]: 6 }), '')
  for (const [id, level] of Object.entries(states))
    t.equal(differences(queryOf('State', 'A', { job_id: id }), { [ofJob(id)]: level }), '', `job ${id}`)
})

t.test(
  'the numbers of jobs count each job once, however many replicas watch',
  { skip: promtoolIsMissing },
  async (t) => {
    const numbers = {
      'Jobs enabled': 5,
      'Disabled by failure': 1,
      'Losing data': 1,
      Failing: 2,
      Late: 1,
      'Blind scopes': 1,
    }
    for (const [panel, value] of Object.entries(numbers)) {
      t.equal(differences(queryOf(panel), { '{}': value }, troubleRules), '', panel)
    }
    t.equal(differences(queryOf('Late', 'A', { job_id: '1' }), { '{}': 0 }, troubleRules), '', 'none is late')
    t.equal(differences(queryOf('Late'), {}), '', 'without the rules it is not known')
  },
)

t.test(
  'the table lists the jobs asked for, and says when there is none',
  { skip: promtoolIsMissing },
  async (t) => {
    const listed = (values: VariableValues) => queryOf('Jobs by trouble', 'state', values)
    t.equal(differences(`count(${listed({ show: '0' })})`, { '{}': jobs.length }), '')
    t.equal(differences(`count by (job_id) (${listed({})})`, trouble, troubleRules), '')
    t.equal(differences(listed({ show: '2', job_id: '1' }), { '{job_name="No job is in trouble"}': 0 }), '')
    t.equal(differences(listed({ show: '2', account: 'Elsewhere' }), {}), '', 'no data is not good news')
  },
)

t.test(
  'the volume of a job that two replicas name differently counts once',
  { skip: promtoolIsMissing },
  async (t) => {
    const volumes = { '{dataset="audit_logs"}': 30, '{dataset="http_requests"}': 40 }
    t.equal(differences(queryOf('Records delivered by dataset'), volumes, fleetRules), '')
    t.equal(
      differences(
        `round(1000 * ${queryOf('Share of batches lost by destination type')})`,
        {
          '{destination_type="s3"}': Math.round((1000 * 2) / 70),
        },
        fleetRules,
      ),
      '',
    )
  },
)

t.test('a filter by zone leaves out the jobs of the account', { skip: promtoolIsMissing }, async (t) => {
  t.equal(differences(queryOf('Jobs enabled', 'A', { zone: 'a.example.com' }), { '{}': 2 }), '')
  t.equal(differences(queryOf('Jobs enabled', 'A', { account: 'Elsewhere' }), {}), '', 'no data is not zero')
})

t.test('the freshest replica tells the age of the data', { skip: promtoolIsMissing }, async (t) => {
  t.equal(differences(queryOf('Oldest data'), { '{}': 60 }), '')
})

t.test(
  'lag and losses come for jobs in trouble, and for all when all are listed',
  { skip: promtoolIsMissing },
  async (t) => {
    const given = (refId: string, values: VariableValues) =>
      differences(
        `count by (job_id) (${queryOf('Jobs by trouble', refId, values)})`,
        Object.fromEntries(
          (values.show === '0' ? jobs : jobs.filter(({ id }) => id in failingOrBehind))
            .filter(({ complete }) => refId === 'lost' || complete !== null)
            .map(({ id }) => [`{job_id="${id}"}`, 1]),
        ),
        troubleRules,
      )
    for (const refId of ['lag', 'lost'])
      for (const show of ['0', '2']) t.equal(given(refId, { show }), '', `${refId} ${show}`)
    t.equal(
      differences(
        `count by (job_id) (${queryOf('Jobs by trouble', 'share')} > 1)`,
        { '{job_id="4"}': 1, '{job_id="5"}': 1, '{job_id="7"}': 1 },
        troubleRules,
      ),
      '',
      'only late jobs are so far behind that it matters how far',
    )
  },
)

t.test('the reason of a failure is one row per failing job', { skip: promtoolIsMissing }, async (t) => {
  const reasons = {
    '{account="Example", job_id="2", reason="auth", zone="a.example.com"}': 1,
    '{account="Example", job_id="3", reason="auth", zone="b.example.com"}': 1,
  }
  t.equal(differences(queryOf('Jobs by trouble', 'reason'), reasons), '')
})
