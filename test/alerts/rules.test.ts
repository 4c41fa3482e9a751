import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import {
  type AlertRule,
  alertsFiles,
  alertsFolder,
  allAlerts,
  allGroups,
  allRecordings,
  ruleForms,
} from '../../.build/generated/alert-files.ts'
import { runbooksUrl, uids } from '../../dashboards/src/links.ts'
import { recordedNames } from '../dashboards/known-metrics.ts'
import { missingPrograms, runProgram } from '../support/programs.ts'
import { annotationQueries, ruleExpression } from '../support/rule-labels.ts'
import { casesOf, isLongRuleTest, ruleTestCounts, ruleTestFiles } from '../support/rule-tests.ts'

// promtool takes about ten seconds where nothing else runs.
t.setTimeout(240_000)

const alerts = allAlerts()
const recordings = allRecordings()
const names = [...new Set(alerts.map(({ alert }) => alert))]
const identity = ['namespace', 'account', 'zone', 'job_id']
const noPromtool = missingPrograms('promtool')

/** What of each thing a rule forbids, as `name: reason` lines; a test expects none. */
function faults<T>(things: readonly T[], name: (thing: T) => string, check: (thing: T) => readonly string[]) {
  return things.flatMap((thing) => check(thing).map((reason) => `${name(thing)}: ${reason}`))
}

const alertFaults = (check: (rule: AlertRule) => readonly string[]) =>
  faults(alerts, ({ alert }) => alert, check)

const seconds = (duration: string | undefined): number => {
  const [, count = '0', unit = 's'] = /^(\d+)([smhdw])$/.exec(duration ?? '0s') ?? []
  return Number(count) * ({ s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }[unit] ?? Number.NaN)
}

t.test('promtool accepts every rule file', { skip: noPromtool }, async (t) => {
  const files = ruleForms.map(({ rules }) => join(alertsFolder, rules))
  const { status, output } = await runProgram('promtool', ['check', 'rules', '--lint-fatal', ...files])
  t.equal(status, 0, output)
})

t.test('every rule test passes', { skip: noPromtool }, async (t) => {
  // Collecting garbage less often saves a third of the time, and by one thread each another quarter.
  const lazily = { GOGC: '400', GOMAXPROCS: '1' }
  const started = performance.now()
  const waiting = ruleTestFiles.filter((file) => !isLongRuleTest(file))
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const { status, output } = await runProgram(
        'promtool',
        ['test', 'rules', join(alertsFolder, file)],
        lazily,
      )
      t.equal(status, 0, status === 0 ? file : `${file}\n${output}`)
    }
  }
  await Promise.all([worker(), worker()])
  const took = ((performance.now() - started) / 1000).toFixed(1)
  const { cases, checks } = ruleTestCounts
  t.comment(
    `${names.length} alerts, ${alerts.length} alert rules, ${cases} cases, ${checks} checks in ${took} s`,
  )
})

t.test('every alert has a case in which it fires and one in which it does not', async (t) => {
  for (const name of names) {
    const { fires, silent } = casesOf(name)
    t.ok(fires > 0 && silent > 0, `${name}: fires in ${fires} cases, is silent in ${silent}`)
  }
})

t.test('labels are few, fixed and fit for routing', async (t) => {
  t.same(
    alertFaults(({ alert, labels }) => {
      const { severity, service, component, ...others } = labels
      const levels = alert === 'CloudflareLogpushWatchdog' ? ['none'] : ['critical', 'warning', 'info']
      const components = [
        ...['job', 'destination', 'account', 'fleet'],
        ...['exporter', 'provisioning', 'notification', 'watchdog'],
      ]
      return [
        ...(/^CloudflareLogpush[A-Z][A-Za-z]+$/.test(alert) ? [] : ['name']),
        ...(severity !== undefined && levels.includes(severity) ? [] : ['severity']),
        ...(service === 'cloudflare-logpush' ? [] : ['service']),
        ...(component !== undefined && components.includes(component) ? [] : ['component']),
        ...Object.keys(others).map((label) => `label ${label}`),
        // A value in a label would make a new alert at each evaluation.
        ...Object.values(labels).filter((value) => value.includes('{{')),
      ]
    }),
    [],
  )
})

t.test('each alert says what, where and what to do', async (t) => {
  const dashboards = Object.values(uids).join('|')
  const dashboard = new RegExp(
    `^https://grafana\\.example\\.com/d/(${dashboards})(\\?var-job_id=\\{\\{.*\\}\\})?$`,
  )
  t.same(
    alertFaults(({ alert, annotations: { summary = '', description = '', ...links }, labels }) => [
      ...(/^[A-Z][^{}]+\.$/.test(summary) && summary.length <= 80 ? [] : ['summary']),
      ...(description.includes('{{') || alert === 'CloudflareLogpushWatchdog' ? [] : ['description']),
      ...(/\.(\{\{end\}\})?$/.test(description.replaceAll('{{ end }}', '{{end}}').trim())
        ? []
        : ['description ends']),
      ...(labels.component !== 'job' || description.includes('job_name') ? [] : ['names no job']),
      ...(links.runbook_url === `${runbooksUrl}/${alert}.md` ? [] : ['runbook_url']),
      ...(dashboard.test(links.dashboard_url ?? '') ? [] : ['dashboard_url']),
      ...Object.keys(links).filter((key) => key !== 'runbook_url' && key !== 'dashboard_url'),
    ]),
    [],
  )
  t.same(
    names.filter((name) => !existsSync(join(alertsFolder, 'runbooks', `${name}.md`))),
    [],
    'have a runbook',
  )
  const shared = ['README.md', 'destinations.md']
  const files = alertsFiles('runbooks', '.md').map((file) => basename(file))
  t.same(
    files.filter((file) => !shared.includes(file) && !names.includes(file.replace(/\.md$/, ''))),
    [],
    'every runbook belongs to an alert',
  )
})

t.test('expressions read metrics that exist and lose no namespace', async (t) => {
  const rules = [...alerts, ...recordings]
  const nameOf = (rule: (typeof rules)[number]) => ('alert' in rule ? rule.alert : rule.record)
  t.same(
    faults(rules, nameOf, ({ expr }) => {
      const { problems, aggregations, joins } = ruleExpression(expr)
      return [
        ...problems,
        ...aggregations
          .filter(({ by }) => !by.includes('namespace'))
          .map(({ text }) => `drops namespace: ${text}`),
        ...joins
          .filter(({ on }) => !on.includes('namespace'))
          // An exporter may move to another namespace and read the same accounts there.
          .filter(({ on }) => on.join() !== 'account,zone')
          .map(({ text }) => `joins across namespaces: ${text}`),
      ]
    }),
    [],
  )
})

t.test('the side of a join that must be one is one', async (t) => {
  const rules = [...alerts, ...recordings]
  // Made so that it has one series for each job, whatever the facts say: its own tests prove it.
  const unique = /^job_id:cloudflare_logpush_job_info:unique(\{.*\})?$/
  t.same(
    rules.flatMap(({ expr }) =>
      ruleExpression(expr).joins.flatMap(({ on, one, text }) => {
        if (one === null || unique.test(one.text)) return []
        return [...one.labels].every((label) => on.includes(label)) ? [] : [text]
      }),
    ),
    [],
  )
})

t.test('replicas never add up: what is summed over a counter is summed within an instance', async (t) => {
  const counters = /(rate|increase)\(cloudflare_/
  t.same(
    [...alerts, ...recordings].flatMap(({ expr }) =>
      ruleExpression(expr)
        .aggregations.filter(({ text }) => text.startsWith('sum') && counters.test(text))
        // The highest of all instances was taken before.
        .filter(({ text }) => !/^sum by \([^)]*\) \(\s*max by \([^)]*job_id[^)]*\) \(\s*rate\(/.test(text))
        .filter(({ by }) => !by.includes('instance') || !by.includes('pod'))
        .map(({ text }) => text),
    ),
    [],
  )
})

t.test('every alert compares, waits where data may be absent, and is evaluated often enough', async (t) => {
  t.same(
    alertFaults(({ alert, expr, for: wait }) => {
      const { compares, functions, metrics } = ruleExpression(expr)
      // Problems are recorded of the jobs that have them alone.
      const chooses = compares || metrics.some((metric) => metric.includes('_problem:'))
      return [
        ...(chooses || alert === 'CloudflareLogpushWatchdog' ? [] : ['compares nothing']),
        ...(functions.includes('absent') && seconds(wait) < 120 ? ['absent without for'] : []),
      ]
    }),
    [],
  )
  t.same(
    allGroups().filter(({ interval }) => seconds(interval) > 300 || seconds(interval) < 30),
    [],
  )
  t.equal(new Set(allGroups().map(({ name }) => name)).size, allGroups().length)
})

t.test('rates look at four scrapes or more, and lengths of time are written with their unit', async (t) => {
  const rules = [...alerts, ...recordings]
  const short = rules.flatMap(({ expr }) =>
    ruleExpression(expr).ranges.filter(
      ({ name, range }) => (name === 'rate' || name === 'increase') && seconds(range) < 4 * 30,
    ),
  )
  t.same(short, [])
  const units = ['60', '3600', '86400']
  const bare = rules.flatMap(({ expr }) =>
    ruleExpression(expr).numbers.filter((number) => Number(number) >= 60 && !units.includes(number)),
  )
  t.same(bare, [])
})

t.test('job alerts bridge a relapse, and end before the page that covers them', async (t) => {
  const onJobs = alerts.filter(({ labels }) => labels.component === 'job')
  const larger = alerts.filter(({ labels }) =>
    ['destination', 'account', 'fleet'].includes(labels.component ?? ''),
  )
  t.ok(larger.length > 3)
  const shortest = Math.min(...larger.map(({ keep_firing_for }) => seconds(keep_firing_for)))
  const held = onJobs.filter(({ alert }) => alert !== 'CloudflareLogpushBatchesLost')
  for (const { alert, keep_firing_for } of held) {
    t.ok(seconds(keep_firing_for) >= 15 * 60, `${alert} bridges a relapse`)
    t.ok(seconds(keep_firing_for) < shortest, `${alert} ends before what covers it`)
  }
  const lost = onJobs.find(({ alert }) => alert === 'CloudflareLogpushBatchesLost')
  t.ok(seconds(lost?.keep_firing_for) > 3600, 'a job that pushes once an hour has one ticket')
})

t.test(
  'every alert of a job reads what nothing larger covers, and no ticket stands beside a page',
  async (t) => {
    const single = 'job_id:cloudflare_logpush_job_problem:single'
    t.same(
      alertFaults(({ alert, expr, labels }) => {
        if (labels.component !== 'job') return []
        const { metrics } = ruleExpression(expr)
        return metrics.some((metric) => metric.endsWith('_problem:named')) || !metrics.includes(single)
          ? [`${alert} does not read ${single} alone`]
          : []
      }),
      [],
    )
    const [recorded = '', ...others] = recordings
      .filter(({ record }) => record === single)
      .map(({ expr }) => expr)
    t.same(others, [])
    const { metrics } = ruleExpression(recorded)
    for (const cover of [
      'job_id:cloudflare_logpush_job:covered',
      'level:cloudflare_logpush_job_problem:many',
    ])
      t.ok(metrics.includes(cover), `${cover} covers single jobs`)
    t.match(recorded, /\{level="warning"\} unless on \(namespace, job_id\) [\w:]+\{level="critical"\}/)
  },
)

t.test('a group has no more rules than Mimir takes', async (t) => {
  t.same(
    allGroups().filter(({ rules }) => rules.length > 20),
    [],
  )
})

t.test('every limit is read, and every limit that is read is there', async (t) => {
  const limit = /cloudflare_logpush:limit\{limit="(\w+)"\}/g
  const read = new Set(
    [...alerts, ...recordings].flatMap(({ expr }) => [...expr.matchAll(limit)].map(([, name]) => name)),
  )
  const given = recordings.filter(({ record }) => record === 'cloudflare_logpush:limit')
  t.same([...read].sort(), given.map(({ labels }) => labels?.limit).sort())
})

t.test('annotations use labels that are there, and query metrics that exist', async (t) => {
  t.same(
    alertFaults((rule) => {
      const { expr, labels, annotations } = rule
      const has = new Set([...ruleExpression(expr).labels, ...Object.keys(labels)])
      const texts = Object.values(annotations).join('\n')
      const used = [...texts.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label)
      const queries = annotationQueries(rule)
      return [
        ...used.filter((label) => !has.has(label)).map((label) => `no label ${label}`),
        ...queries.flatMap((query) => ruleExpression(query).problems),
        ...queries
          .filter((query) => !/namespace="x"/.test(query))
          .map((query) => `reads all namespaces: ${query}`),
      ]
    }),
    [],
  )
  t.same(
    alerts.filter(({ labels, expr }) => {
      const has = ruleExpression(expr).labels
      return labels.component === 'job' && !identity.every((label) => has.has(label))
    }),
    [],
    'job alerts keep what identifies a job',
  )
})

t.test('nothing is recorded that nobody reads', async (t) => {
  const read = new Set([
    ...recordedNames,
    ...[...alerts, ...recordings].flatMap(({ expr, ...rule }) => [
      ...ruleExpression(expr).metrics,
      ...('annotations' in rule
        ? (JSON.stringify(rule.annotations).match(/\w+:cloudflare_\w+:\w+/g) ?? [])
        : []),
    ]),
  ])
  t.same(
    recordings.map(({ record }) => record).filter((record) => !read.has(record)),
    [],
  )
})
