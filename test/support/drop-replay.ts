import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type RuleFile, readRules, ruleForms } from '../../.build/generated/alert-files.ts'
import { runProgram } from './programs.ts'
import {
  day,
  type Happening,
  recordsLost,
  recordsOf,
  stepsPerHour,
  type WeekJob,
  week,
} from './week-world.ts'

/*
 * Replays weeks of deliveries to the shipped rules of DeliveryDrop, in promtool, and says which warnings were false
 * and which losses nobody heard of.
 */

const read = /limits$|drops$/
const needed = [
  'cloudflare_logpush:limit',
  'job_id:cloudflare_logpush_records:ratio1h',
  'job_id:cloudflare_logpush_records:dropped',
]

/** The rules that DeliveryDrop consists of; the other ones would take most of the time. */
export function dropRules(): RuleFile {
  const groups = readRules(ruleForms[0].rules).groups.filter(({ name }) => read.test(name))
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.filter(
        (rule) => 'record' in rule && (needed.includes(rule.record) || rule.labels?.problem === 'dropping'),
      ),
    })),
  }
}

export interface Heard {
  readonly job: WeekJob
  readonly from: number
  readonly to: number
}

/** The times in which a warning fires, one for each job and time. */
export async function replayDrops(
  jobs: readonly WeekJob[],
  {
    weeks,
    learnedBy,
    seed,
    rules = dropRules(),
  }: { weeks: number; learnedBy: number; seed: number; rules?: RuleFile },
): Promise<readonly Heard[]> {
  const steps = weeks * week
  const series = jobs.flatMap((job) => {
    let total = 0
    const totals = recordsOf(job, steps, seed).map((records) => (total += records))
    return [
      {
        series: `cloudflare_logpush_records_total{namespace="x",account="${job.account}",job_id="${job.id}"}`,
        values: totals.join(' '),
      },
      {
        series: `cloudflare_logpush_job_enabled{namespace="x",account="${job.account}",job_id="${job.id}"}`,
        values: `1x${steps}`,
      },
    ]
  })
  const accounts = [...new Set(jobs.map(({ account }) => account))]
  const facts = accounts.flatMap((account) => [
    {
      series: `account:cloudflare_logpush_job_enabled:count{namespace="x",account="${account}"}`,
      values: `${jobs.filter((job) => job.account === account).length}x${steps}`,
    },
    {
      series: `cloudflare_logpush_data_timestamp_seconds{namespace="x",account="${account}",source="health"}`,
      values: `0+${3600 / stepsPerHour}x${steps}`,
    },
  ])
  const folder = await mkdtemp(join(tmpdir(), 'drops-'))
  try {
    await writeFile(join(folder, 'rules.yaml'), stringify(rules))
    const interval = `${60 / stepsPerHour}m`
    const expr = 'job_id:cloudflare_logpush_job_problem:value{problem="dropping"}'
    const moments = Array.from({ length: steps - learnedBy }, (_, index) => learnedBy + index)
    await writeFile(
      join(folder, 'weeks.yaml'),
      JSON.stringify({
        rule_files: ['rules.yaml'],
        evaluation_interval: interval,
        group_eval_order: rules.groups.map(({ name }) => name),
        tests: [
          {
            interval,
            input_series: [...series, ...facts],
            promql_expr_test: moments.map((step) => ({
              expr,
              eval_time: `${(step * 60) / stepsPerHour}m`,
              exp_samples: [],
            })),
          },
        ],
      }),
    )
    // Whatever fires is a failure of the test, and named in its output with its time.
    const { output } = await runProgram('promtool', ['test', 'rules', join(folder, 'weeks.yaml')], {
      GOGC: '400',
    })
    return firing(output, jobs)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const unitsInSteps: Readonly<Record<string, number>> = {
  w: week,
  d: day,
  h: stepsPerHour,
  m: stepsPerHour / 60,
}

function firing(output: string, jobs: readonly WeekJob[]): readonly Heard[] {
  const byJob = new Map<string, number[]>()
  for (const [, time = '', , got = ''] of output.matchAll(/time: (\w+),\s+exp: (\w+)\s+got: (.*)/g)) {
    const step = [...time.matchAll(/(\d+)([wdhm])/g)].reduce(
      (sum, [, count, unit = 'm']) => sum + Number(count) * (unitsInSteps[unit] ?? Number.NaN),
      0,
    )
    for (const [, id = ''] of got.matchAll(/job_id="(\d+)"/g)) byJob.set(id, [...(byJob.get(id) ?? []), step])
  }
  if (byJob.size === 0 && !/SUCCESS|FAILED/.test(output)) throw new Error(output.slice(0, 2000))
  return jobs.flatMap((job) => {
    const runs: Heard[] = []
    for (const step of byJob.get(job.id) ?? []) {
      const last = runs.at(-1)
      // keep_firing_for bridges what is shorter.
      if (last !== undefined && step - last.to <= 1) runs[runs.length - 1] = { ...last, to: step }
      else runs.push({ job, from: step, to: step })
    }
    return runs
  })
}

export interface DropScore {
  readonly kind: string
  readonly count: number
  readonly heard: number
  /** Half of them were heard within so many hours; null when none was. */
  readonly hours: number | null
}

/**
 * What was heard of each kind of loss, and the warnings that no loss explains. A loss of less than a usual hour is
 * none: at night, or on a weekend, there may be nothing to lose.
 */
export function scoreDrops(
  jobs: readonly WeekJob[],
  heard: readonly Heard[],
  seed: number,
): {
  readonly losses: readonly DropScore[]
  readonly falseOnes: readonly (Heard & { readonly during: string })[]
} {
  const during = ({ job, from }: Heard, happening: Happening): boolean =>
    job.happenings.includes(happening) && happening.from <= from && from <= happening.to + stepsPerHour
  const losses = jobs.flatMap((job) =>
    job.happenings.filter((one) => one.isLoss && recordsLost(job, one, seed) >= job.perHour),
  )
  const kinds = [...new Set(losses.map(({ kind }) => kind))]
  return {
    losses: kinds.map((kind) => {
      const all = losses.filter((loss) => loss.kind === kind)
      const delays = all
        .flatMap((loss) => {
          const first = heard.find((one) => during(one, loss))
          return first === undefined ? [] : [(first.from - loss.from) / stepsPerHour]
        })
        .sort((a, b) => a - b)
      return {
        kind,
        count: all.length,
        heard: delays.length,
        hours: delays[Math.floor(delays.length / 2)] ?? null,
      }
    }),
    falseOnes: heard
      .filter((one) => !one.job.happenings.some((loss) => loss.isLoss && during(one, loss)))
      .map((one) => ({
        ...one,
        during: one.job.happenings.find((happening) => during(one, happening))?.kind ?? 'nothing',
      })),
  }
}
