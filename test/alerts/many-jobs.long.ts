import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { alertsFolder, readRules, ruleForms } from '../../.build/generated/alert-files.ts'
import { missingPrograms, runProgram } from '../support/programs.ts'

/* 2,000 jobs at 2,000 destinations: how many incidents they open when all of them, or two fifths, stop at once. */

t.setTimeout(1_800_000)

const jobs = 2_000
const minutes = 60

/** When a job begins to fail, in minutes; null for one that goes on. */
type Failing = (index: number) => number | null

const all: Failing = () => 5
const twoFifths: Failing = (index) => (index % 5 < 2 ? 5 : null)
const oneByOne: Failing = (index) => (index % 5 < 2 ? 5 + Math.floor(index / 100) : null)

function series(failing: Failing): readonly { readonly series: string; readonly values: string }[] {
  const target = 'namespace="logpush",instance="i1",account="Example",zone=""'
  const every = Array.from({ length: jobs }, (_, index) => {
    const job = `${target},job_id="${index}"`
    const from = failing(index)
    const complete = from === null ? `0+60x${minutes}` : `0+60x${from} ${from * 60}x${minutes - from}`
    return [
      { series: `cloudflare_logpush_job_enabled{${job}}`, values: `1x${minutes}` },
      { series: `cloudflare_logpush_job_max_lag_seconds{${job}}`, values: `1800x${minutes}` },
      { series: `cloudflare_logpush_job_last_complete_timestamp_seconds{${job}}`, values: complete },
      {
        series: `cloudflare_logpush_job_info{${job},job_name="job-${index}",dataset="http_requests",destination_type="s3",destination="s3://bucket-${index}/x"}`,
        values: `1x${minutes}`,
      },
      ...(from === null
        ? []
        : [
            {
              series: `cloudflare_logpush_job_failing_since_timestamp_seconds{${job}}`,
              values: `_x${from} ${from * 60}x${minutes - from}`,
            },
          ]),
    ]
  })
  return [
    { series: `cloudflare_logpush_exporter_build_info{${target},version="1"}`, values: `1x${minutes}` },
    { series: `cloudflare_logpush_up{${target},source="inventory"}`, values: `1x${minutes}` },
    {
      series: `cloudflare_logpush_data_timestamp_seconds{${target},source="inventory"}`,
      values: `0+60x${minutes}`,
    },
    ...every.flat(),
  ]
}

const larger =
  'count by (alertname, severity) (max_over_time(ALERTS{alertstate="firing",component!="job"}[1h]))'
const single =
  'count(count by (job_id, severity) (max_over_time(ALERTS{alertstate="firing",component="job"}[1h])))'
const one = (alertname: string, severity: string) => ({
  labels: `{alertname="CloudflareLogpush${alertname}",severity="${severity}"}`,
  value: 1,
})

const cases = [
  { name: 'all at once: one page', failing: all, incidents: [one('AccountOutage', 'critical')], alone: [] },
  {
    name: 'two fifths at once: one page and one ticket',
    failing: twoFifths,
    incidents: [one('ManyJobs', 'critical'), one('ManyJobs', 'warning')],
    alone: [],
  },
  {
    name: 'two fifths, 40 more each minute: the first ones alone, then one page and one ticket',
    failing: oneByOne,
    incidents: [one('ManyJobs', 'critical'), one('ManyJobs', 'warning')],
    alone: null,
  },
]

for (const { name, failing, incidents, alone } of cases)
  t.test(name, { skip: missingPrograms('promtool') }, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'many-'))
    t.teardown(() => rm(folder, { recursive: true, force: true }))
    const at = `${minutes}m`
    const file = join(folder, 'many.yaml')
    const checks = [
      { expr: larger, eval_time: at, exp_samples: incidents },
      // 20 pages and 20 tickets may open one by one.
      { expr: alone === null ? `${single} > 40` : single, eval_time: at, exp_samples: [] },
    ]
    const document = {
      rule_files: [join(alertsFolder, ruleForms[0].rules)],
      evaluation_interval: '1m',
      group_eval_order: readRules(ruleForms[0].rules).groups.map((group) => group.name),
      tests: [{ interval: '1m', input_series: series(failing), promql_expr_test: checks }],
    }
    await writeFile(file, JSON.stringify(document))
    const { status, output } = await runProgram('promtool', ['test', 'rules', file], { GOGC: '400' })
    t.equal(status, 0, output.slice(0, 3000))
  })
