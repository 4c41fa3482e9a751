import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { allDashboards } from '../../dashboards/src/dashboards.ts'
import { runbooksUrl, uids } from '../../dashboards/src/links.ts'
import { createNodeMetrics } from '../../src/metrics/node-metrics.ts'
import {
  columnLinks,
  type DashboardFile,
  dashboardFiles,
  dashboardText,
  type PanelFile,
  panelsOf,
  parseDashboard,
  readDashboard,
} from './dashboard-file.ts'
import { processMetricNames, shippedMetricNames } from './known-metrics.ts'
import { defaultValues, mayBeEmpty, otherQueries, panelQueries, substitute } from './panel-queries.ts'
import { panelRules, type Rule } from './panel-rules.ts'
import { analyse } from './promql-tree.ts'
import { queryRules } from './query-rules.ts'

const dashboards = dashboardFiles.map((file) => readDashboard(file))

const rules: Readonly<Record<string, Rule>> = { ...panelRules, ...queryRules }

function panelNamed(dashboard: DashboardFile, title: string): PanelFile {
  const found = panelsOf(dashboard).find((panel) => panel.title === title)
  if (found === undefined) throw new Error(`no panel ${title}`)
  return found
}

t.test('every dashboard of the generator is tested here', async (t) => {
  t.same([...allDashboards().keys()], [...dashboardFiles])
})

t.test('the files import anywhere and fit into a ConfigMap', async (t) => {
  for (const file of dashboardFiles) {
    const text = dashboardText(file)
    t.notMatch(text, /^ {2}"(version|__inputs|__requires|gnetId)"|inControlsMenu/m)
    t.ok(Buffer.byteLength(text) < 500_000, file)
  }
})

t.test('uids stay, since links and bookmarks rely on them', async (t) => {
  const stable = ['cloudflare-logpush-overview', 'cloudflare-logpush-job', 'cloudflare-logpush-exporter']
  t.same(
    dashboards.map((dashboard) => dashboard.uid),
    stable,
  )
  t.same(Object.values(uids).toSorted(), stable.toSorted())
})

for (const [name, rule] of Object.entries(rules)) {
  t.test(`every dashboard ${name}`, async (t) => {
    for (const dashboard of dashboards) t.same(rule(dashboard), [], dashboard.uid)
  })
}

/** For each rule, the smallest text change to a dashboard that breaks it. */
const damage: Readonly<Record<string, readonly [search: string | RegExp, replacement: string]>> = {
  'is fit to be provisioned': ['"editable": false', '"editable": true'],
  'names and explains each panel': ['"title": "Failing"', '"title": "Late"'],
  'gives each panel a unit that Grafana knows': ['"unit": "percentunit"', '"unit": "precentunit"'],
  'gives each panel an id and a place of its own': ['"x": 3,', '"x": 2,'],
  'asks the chosen data source for everything': [`"uid": "\${datasource}"`, '"uid": "prometheus-1"'],
  'has the usual variables, chained and used': [/"allValue": "\.\*"/, '"allValue": ".+"'],
  'holds only expressions that parse, with metrics and labels that exist': ['by (dataset)', 'by (data_set)'],
  'reads counters only as rates, over $__rate_interval': [/increase\((.*?)\[1h\]\)/, 'rate($1[5m])'],
  'filters every selector by all variables its series can have': [/(_enabled\{)job=~\\"\$job\\", /, '$1'],
  'never adds replicas up': ['sum(max by (account, zone, job_id) (', 'sum(('],
  'links to its siblings, the runbooks and the alerts': ['"keepTime": true', '"keepTime": false'],
  'shows in tables only what their queries give': ['"options": "job_name"', '"options": "name"'],
}

t.test('each rule finds what breaks it', async (t) => {
  t.same(Object.keys(damage).toSorted(), Object.keys(rules).toSorted())
  const whole = dashboardText('overview.json')
  for (const [name, [search, replacement]] of Object.entries(damage)) {
    const broken = whole.replace(search, replacement)
    t.not(broken, whole, `${name}: the damage was done`)
    t.not(rules[name]?.(parseDashboard(broken)).length, 0, name)
  }
})

t.test('the reader of expressions finds faults that would show as an empty panel', async (t) => {
  const gauge = 'cloudflare_logpush_job_enabled'
  const faults: readonly (readonly [string, RegExp])[] = [
    ['sum(rate(up[5m])', /syntax error/],
    ['cloudflare_logpush_job_is_enabled', /unknown metric/],
    [`max by (dataset) (${gauge})`, /no label dataset/],
    [`${gauge}{dataset="x"}`, /no label dataset/],
    [`max by (account) (${gauge}) / max by (zone) (${gauge})`, /never match/],
    [`max by (account) (${gauge}) * on (zone) max by (zone) (${gauge})`, /left side: no label zone/],
    [`${gauge} * on (job_id) group_left (dataset) cloudflare_logpush_job_info`, /several series/],
    [`sum without (instance) (${gauge})`, /without/],
    ['histogram_quantile(0.9, sum by (api) (rate(up[5m])))', /no label/],
  ]
  for (const [expr, fault] of faults) t.match(analyse(expr).problems.join('\n'), fault, expr)
})

t.test('the table of jobs leads to the job, and alerts lead to their runbook', async (t) => {
  const overview = readDashboard('overview.json')
  const [toJob] = columnLinks(panelNamed(overview, 'Jobs by trouble'))
  t.equal(toJob?.column, 'job_name')
  t.match(toJob?.url, `/d/${uids.job}?var-job_id=\${__data.fields.job_id}&`)
  t.match(toJob?.url, `\${__url_time_range}`)
  const [toRunbook] = columnLinks(panelNamed(overview, 'Firing alerts'))
  t.match(toRunbook, { column: 'alertname', url: /\/alerts\/runbooks\/\$\{__data\.fields\.alertname\}\.md$/ })
})

t.test('the job variable offers names and sends ids', async (t) => {
  for (const file of ['overview.json', 'job.json']) {
    const variable = readDashboard(file).templating.list.find((one) => one.name === 'job_id')
    const pattern = new RegExp(/^\/(.*)\/$/.exec(variable?.regex ?? '')?.[1] ?? '')
    const ofZone = pattern.exec('{job_id="101",title="edge logs http_requests example.com"} 1 1700000000000')
    t.same({ ...ofZone?.groups }, { value: '101', text: 'edge logs http_requests example.com' })
    const ofAccount = pattern.exec('{job_id="7",title="audit audit_logs_v2 "} 1 1700000000000')
    t.same({ ...ofAccount?.groups }, { value: '7', text: 'audit audit_logs_v2' })
  }
})

t.test('every shipped metric is on a dashboard', async (t) => {
  // Nothing to draw: what a plan lists by name, the settings in force, and which of several processes runs a shard.
  const left = [
    'cloudflare_logpush_manifest_uncovered_zones',
    'cloudflare_logpush_exporter_config_info',
    'cloudflare_logpush_exporter_leader',
  ]
  const asked = dashboards
    .flatMap((dashboard) => panelQueries(dashboard))
    .map((query) => query.expr)
    .join('\n')
  const missing = shippedMetricNames.filter((name) => !new RegExp(`\\b${name}(_bucket)?\\{`).test(asked))
  t.same(missing, left)
})

t.test('the metrics of the process are those that the exporter shows', async (t) => {
  const shown = await createNodeMetrics().render('text')
  t.same(
    processMetricNames.filter((name) => !new RegExp(`^${name} `, 'm').test(shown)),
    [],
  )
})

t.test('alerts and dashboards lead to each other', async (t) => {
  const text = readFileSync(new URL('../../alerts/cloudflare-logpush.rules.yaml', import.meta.url), 'utf8')
  const alerts = [
    ...text.matchAll(/- alert: (\w+)[\s\S]*?runbook_url: (\S+)\s+dashboard_url: \S+\/d\/([\w-]+)/g),
  ]
  t.ok(alerts.length > 20)
  const astray = alerts.filter(
    ([, alert = '', runbook, uid = '']) =>
      runbook !== `${runbooksUrl}/${alert}.md` ||
      !Object.values<string>(uids).includes(uid) ||
      !alert.startsWith('CloudflareLogpush'),
  )
  t.same(astray, [])
})

t.test('what may be empty names queries that exist', async (t) => {
  const names = dashboards
    .flatMap((dashboard) => [...panelQueries(dashboard), ...otherQueries(dashboard)])
    .map(({ panel, refId }) => `${panel} ${refId}`)
  t.same(
    Object.keys(mayBeEmpty).filter((name) => !names.includes(name)),
    [],
  )
})

t.test('an unknown variable is an error, not a text that Prometheus gets to see', async (t) => {
  t.throws(() => substitute('up{job=~"$jobs"}', defaultValues), /no value for the variable \$jobs/)
})

t.test('the kustomization ships every dashboard to the sidecar under a stable name', async (t) => {
  const text = readFileSync(new URL('../../dashboards/kustomization.yaml', import.meta.url), 'utf8')
  t.match(parse(text), {
    configMapGenerator: dashboards.map(({ uid }, index) => ({ name: uid, files: [dashboardFiles[index]] })),
    generatorOptions: { disableNameSuffixHash: true, labels: { grafana_dashboard: '1' } },
  })
})
