import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import t from 'tap'
import { parse, stringify } from 'yaml'
import {
  alertsFiles,
  alertsText,
  allAlerts,
  allGroups,
  allRecordings,
  type Route,
  readAlertmanager,
  readRules,
} from '../../.build/generated/alert-files.ts'
import { operatorFiles } from '../../.build/generated/operator-files.ts'
import { alertmanagerConfig } from '../../.build/generated/operator-forms.ts'
import { allSettings } from '../../src/settings/exporter-settings.ts'
import { schemaProblem } from '../support/kube-schemas.ts'
import { manifestOf } from '../support/manifests.ts'
import { missingPrograms, runProgram } from '../support/programs.ts'
import { annotationQueries, ruleExpression } from '../support/rule-labels.ts'

const readme = alertsText('README.md')
const alerts = allAlerts()
const names = [...new Set(alerts.map(({ alert }) => alert))]

t.test("the forms for the operator are as the operator's schema wants them", async (t) => {
  for (const { text } of operatorFiles()) {
    t.equal(await schemaProblem(manifestOf(parse(text))), null)
  }
})

t.test("every child route is as the operator's schema wants a route", async (t) => {
  const config = alertmanagerConfig(readAlertmanager())
  const children = config.spec.route.routes ?? []
  t.equal(children.length, 5)
  // The schema leaves child routes open, so each is looked at as if it were the root.
  for (const route of children) {
    t.equal(await schemaProblem(manifestOf({ ...config, spec: { ...config.spec, route } })), null)
  }
})

const byName = (
  one: { readonly name: string | undefined },
  other: { readonly name: string | undefined },
): number => ((one.name ?? '') < (other.name ?? '') ? -1 : 1)

t.test('the README lists every alert with its severities', async (t) => {
  const rows = [...readme.matchAll(/^\| \[(\w+)\]\(runbooks\/(\w+)\.md\) \| ([\w, ]+) \| (.+) \|$/gm)]
  t.same(
    rows.map(([, name, link, severity]) => ({ name, link, severity })).sort(byName),
    names.toSorted().map((name) => {
      const levels = alerts.filter(({ alert }) => alert === name).map(({ labels }) => labels.severity)
      return { name, link: name, severity: [...new Set(levels)].join(', ') }
    }),
  )
})

/** Seconds as the README writes them. */
function written(seconds: number): string {
  if (seconds === 0) return '–'
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60]
  if (minutes === 0 || seconds === 60) return `${seconds} s`
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`
}

const secondsOf = (duration: string | undefined): number => {
  const [, count = '0', unit] = /^(\d+)([smh])$/.exec(duration ?? '0s') ?? []
  return Number(count) * (unit === 'h' ? 3600 : unit === 'm' ? 60 : 1)
}

/** How long Alertmanager collects what comes for a receiver, taken from the nearest route that says so. */
function groupWait(receiver: string, route: Route, inherited: string | undefined): number | undefined {
  const wait = route.group_wait ?? inherited
  for (const child of route.routes ?? []) {
    const found = groupWait(receiver, child, wait)
    if (found !== undefined) return found
  }
  return route.receiver === receiver ? secondsOf(wait) : undefined
}

t.test('the README adds up how long a page takes from what is shipped', async (t) => {
  const limit = (name: string): number => {
    const rule = allRecordings().find(({ labels }) => labels?.limit === name)
    return Number(/\((\d+) \* 60\)/.exec(rule?.expr ?? '')?.[1]) * 60
  }
  const rule = (name: string) => alerts.find(({ alert }) => alert === name)
  const interval = (name: string) =>
    secondsOf(allGroups().find((group) => group.name === `cloudflare-logpush-${name}`)?.interval)
  const scrape = 30
  const poll = 60
  const maxLag = secondsOf(
    Object.values(allSettings).find(({ flag }) => flag === 'job.max-lag')?.fallbackText,
  )
  // The groups that pass it on, one after the other.
  const rows = [
    ['a batch is lost', 'BatchesLost', poll, ['delivery', 'jobs'], 0],
    ['Cloudflare sends a notification that it disabled a job', 'JobDisabled', 1, ['state', 'jobs'], 0],
    ['the same, without a webhook', 'JobDisabled', poll, ['state', 'jobs'], 0],
    [
      'a destination fails for many jobs',
      'DestinationOutage',
      poll,
      ['state', 'jobs', 'outages'],
      limit('job_broken_seconds'),
    ],
    ['a job starts to fail', 'JobFailing', poll, ['state', 'jobs'], limit('job_failing_seconds')],
    ['a job with an error stops delivering', 'JobStalled', poll, ['delivery', 'jobs'], maxLag],
    ['the exporter stops', 'ExporterDown', 0, ['exporter'], 0],
    ['the exporter can read nothing', 'ExporterBlind', poll, ['exporter'], limit('data_age_seconds')],
  ] as const
  for (const [what, short, seen, groups, lasted] of rows) {
    const name = `CloudflareLogpush${short}`
    const evaluation = groups.map(interval).reduce((sum, each) => sum + each, 0)
    const wait = lasted + secondsOf(rule(name)?.for)
    const receiver = rule(name)?.labels.severity === 'critical' ? 'logpush-page' : 'logpush-ticket'
    const collect = groupWait(receiver, readAlertmanager().route, undefined) ?? Number.NaN
    const sum = seen + scrape + evaluation + wait + collect
    const cells = [what, ...[seen, scrape, evaluation, wait, collect, sum].map(written)]
    t.ok(readme.includes(`| ${cells.join(' | ')} |`), cells.join(' | '))
  }
})

t.test('the README lists every limit, and where a patch finds it', async (t) => {
  const rows = [...readme.matchAll(/^\| `(\w+)` \| .+ \| .+ \| `(\d+)\/rules\/(\d+)` \|$/gm)]
  const given = allRecordings().filter(({ record }) => record === 'cloudflare_logpush:limit')
  t.same(
    rows.map(([, name]) => name),
    given.map(({ labels }) => labels?.limit),
  )
  const { groups } = readRules('cloudflare-logpush.rules.yaml')
  for (const [, name, group, rule] of rows) {
    const found = groups[Number(group)]?.rules[Number(rule)]
    t.equal(found !== undefined && 'record' in found && found.labels?.limit, name)
  }
  const [, place, value] =
    /path: \/spec\/groups\/0\/rules\/(\d+)\/labels\/limit, value: (\w+)/.exec(readme) ?? []
  t.equal(rows.find(([, name]) => name === value)?.[3], place, 'so does the example')
})

t.test('the patches of the example overlay are about the rules that they name', async (t) => {
  const overlay = readFileSync('deploy/overlays/example/kustomization.yaml', 'utf8')
  const tests = [
    ...overlay.matchAll(
      /op: test,?\s+path: \/spec\/groups\/(\d+)\/rules\/(\d+)\/(labels\/limit|alert),?\s+value: (\w+)/g,
    ),
  ]
  t.equal(tests.length, 2)
  for (const [, group, rule, field, value] of tests) {
    const found = readRules('cloudflare-logpush.rules.yaml').groups[Number(group)]?.rules[Number(rule)]
    const actual = found !== undefined && 'alert' in found ? found.alert : found?.labels?.limit
    t.equal(actual, value, `${field}`)
  }
})

const runbooks = alertsFiles('runbooks', '.md').map((file) => ({
  name: basename(file, '.md'),
  text: alertsText(file),
}))
const fences = runbooks.flatMap(({ name, text }) =>
  [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)].map(([, , language = '', body = '']) => ({
    name,
    language,
    body,
  })),
)

t.test('every runbook has its sections, in order, and none is empty', async (t) => {
  const sections = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation', 'Escalation']
  for (const { name, text } of runbooks.filter(({ name }) => names.includes(name))) {
    const parts = text.split(/^## /m)
    t.equal(parts[0], `# ${name}\n\n`)
    t.same(
      parts.slice(1).map((part) => part.split('\n', 1)[0]),
      sections,
      name,
    )
    t.ok(
      parts.slice(1).every((part) => part.split('\n').length > 2),
      name,
    )
    t.match(text, /```(sh|promql)\n/, `${name} has something to run`)
  }
})

t.test('queries in runbooks parse and read metrics that exist', async (t) => {
  const queries = fences.filter(({ language }) => language === 'promql')
  t.ok(queries.length > 50)
  // Metrics of Prometheus, Alertmanager, Kubernetes and Node.
  const foreign = [
    'up',
    'process_start_time_seconds',
    'alertmanager_notifications_failed_total',
    'kubelet_volume_stats_available_bytes',
  ]
  t.same(
    queries.flatMap(({ name, body }) =>
      ruleExpression(body)
        .problems.filter((problem) => !foreign.some((metric) => problem.endsWith(` ${metric}`)))
        .map((problem) => `${name}: ${problem}`),
    ),
    [],
  )
})

t.test(
  'Prometheus itself takes the queries in runbooks and annotations',
  { skip: missingPrograms('promtool') },
  async (t) => {
    const inRunbooks = fences.filter(({ language }) => language === 'promql').map(({ body }) => body)
    const rules = [...inRunbooks, ...alerts.flatMap(annotationQueries)].map((expr, index) => ({
      record: `query:${index}`,
      expr,
    }))
    t.ok(rules.length > 70)
    const folder = await mkdtemp(join(tmpdir(), 'runbooks-'))
    t.teardown(() => rm(folder, { recursive: true }))
    const file = join(folder, 'queries.yaml')
    await writeFile(file, stringify({ groups: [{ name: 'queries', rules }] }))
    const { status, output } = await runProgram('promtool', ['check', 'rules', file])
    t.equal(status, 0, output)
  },
)

t.test('commands in runbooks are ones that a demo can run, and show no destination', async (t) => {
  const commands = fences
    .filter(({ language }) => language === 'sh')
    .flatMap(({ name, body }) =>
      body
        .trim()
        .split('\n')
        .map((line) => ({ name, line: line.trim() })),
    )
  t.ok(commands.length > 40)
  for (const { name, line } of commands) {
    t.match(line, /^(logpush-exporter|curl|promtool|amtool|export) /, `${name}: ${line}`)
    // The answer holds destination_conf, and that holds credentials.
    if (line.includes('/logpush/jobs')) t.match(line, /\| jq '/, `${name}: ${line}`)
    t.notMatch(line, /destination_conf/)
  }
  t.same(
    fences.filter(({ language }) => !['sh', 'promql'].includes(language)),
    [],
  )
})

t.test('links between the documents lead somewhere', async (t) => {
  const anchors = (text: string) =>
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    )
  const files = new Map([
    ['README.md', readme],
    ['evidence.md', alertsText('evidence.md')],
    ...runbooks.map(({ name, text }) => [`runbooks/${name}.md`, text] as const),
  ])
  for (const [file, text] of files) {
    for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
      const { pathname, hash } = new URL(target, `file:///${file}`)
      const other = files.get(pathname.slice(1))
      t.ok(other !== undefined, `${file} → ${target}`)
      if (hash !== '') t.ok(anchors(other ?? '').includes(hash.slice(1)), `${file} → ${target}`)
    }
  }
})
