import { type DashboardFile, panelsOf, type VariableFile } from './dashboard-file.ts'
import { knownMetric } from './known-metrics.ts'
import { defaultValues, otherQueries, panelQueries } from './panel-queries.ts'
import { type Rule, repeated } from './panel-rules.ts'
import { analyse } from './promql-tree.ts'

/* What a dashboard's queries and variables have to keep to. */

const chosenDatasource = `\${datasource}`

/** Alerts lose `job` and `instance` when their rule aggregates. */
const withoutScrapeLabels = new Set(['ALERTS', 'ALERTS_FOR_STATE'])

function asksTheChosenDatasource(dashboard: DashboardFile): string[] {
  const [first] = dashboard.templating.list
  const missing =
    first?.type === 'datasource' && first.query === 'prometheus' ? [] : ['no datasource variable']
  const variables = dashboard.templating.list
    .filter((variable) => variable.type === 'query')
    .map(({ name, datasource }) => ({ where: `variable ${name}`, uid: datasource?.uid }))
  const annotations = dashboard.annotations.list.map(({ name, datasource }) => ({
    where: `annotation ${name}`,
    uid: datasource.uid,
  }))
  const panels = panelsOf(dashboard).flatMap((panel) => [
    { where: panel.title, uid: panel.datasource?.uid },
    ...panel.targets.map(({ refId, datasource }) => ({
      where: `${panel.title} ${refId}`,
      uid: datasource.uid,
    })),
  ])
  return [
    ...missing,
    ...[...variables, ...annotations, ...panels]
      .filter(({ uid }) => uid !== chosenDatasource)
      .map(({ where, uid }) => `${where} asks ${uid}`),
    ...panelsOf(dashboard).flatMap((panel) =>
      repeated(
        `${panel.title}: query`,
        panel.targets.map((target) => target.refId),
      ),
    ),
  ]
}

const scrapeVariables = ['job', 'instance']
const chain = [...scrapeVariables, 'account', 'zone', 'job_id']

function hasTheUsualVariables(dashboard: DashboardFile): string[] {
  const variables = new Map(dashboard.templating.list.map((variable) => [variable.name, variable]))
  const present = chain.filter((name) => variables.has(name))
  // Not ".+" for accounts and zones: an account's own jobs have an empty zone.
  const isWhole = (name: string, variable: VariableFile | undefined) =>
    variable?.type === 'query' &&
    variable.refresh === 2 &&
    (name === 'job_id' ||
      (variable.multi &&
        variable.includeAll &&
        variable.allValue === (scrapeVariables.includes(name) ? '.+' : '.*')))
  const asked = [...panelQueries(dashboard), ...otherQueries(dashboard)]
    .map((query) => query.template)
    .join('\n')
  return [
    ...['job', 'instance', 'account', 'zone']
      .filter((name) => !variables.has(name))
      .map((name) => `no ${name}`),
    ...present.filter((name) => !isWhole(name, variables.get(name))).map((name) => `form of ${name}`),
    ...present.flatMap((name, place) =>
      present
        .slice(0, place)
        .filter((earlier) => !variables.get(name)?.query.includes(`${earlier}=~"$${earlier}"`))
        .map((earlier) => `${name} does not depend on ${earlier}`),
    ),
    ...dashboard.templating.list
      .filter(({ type, name }) => type !== 'datasource' && !new RegExp(`\\$${name}\\b`).test(asked))
      .map(({ name }) => `${name} is not used`),
  ]
}

/** Every query of a dashboard with what was found in it. */
function analysed(dashboard: DashboardFile) {
  return [...panelQueries(dashboard), ...otherQueries(dashboard)].map((query) => ({
    query,
    where: `${query.panel} ${query.refId}`,
    ...analyse(query.expr),
  }))
}

function expressionsAreSound(dashboard: DashboardFile): string[] {
  return analysed(dashboard).flatMap(({ where, problems }) =>
    problems.map((problem) => `${where}: ${problem}`),
  )
}

function countersAreReadAsRates(dashboard: DashboardFile): string[] {
  return analysed(dashboard).flatMap(({ where, query, selectors }) => [
    ...selectors
      .filter(
        ({ metric, within }) => knownMetric(metric)?.type === 'counter' && !/^(rate|increase)$/.test(within),
      )
      .map(({ metric }) => `${where}: ${metric} without rate`),
    ...(/\b(rate|irate)\([^[]*\[(?!\$__rate_interval\])/.test(query.template)
      ? [`${where}: a rate over something else than $__rate_interval`]
      : []),
  ])
}

function selectorsAreFiltered(dashboard: DashboardFile): string[] {
  return analysed(dashboard)
    .filter(({ query }) => query.panelId > 0)
    .flatMap(({ where, selectors }) =>
      selectors.flatMap(({ metric, matchers }) => {
        const labels = knownMetric(metric)?.labels ?? []
        const isScraped = labels.includes('instance') && !withoutScrapeLabels.has(metric)
        const scrape = isScraped ? scrapeVariables : []
        const isRecorded = metric.includes(':')
        const scope =
          isRecorded || (labels.includes('zone') && isScraped) ? ['account', 'zone', 'job_id'] : []
        return [...scrape, ...scope.filter((label) => labels.includes(label))]
          .filter((label) => !matchers.includes(`${label}=~"${defaultValues[label]}"`))
          .map((label) => `${where}: ${metric} is not filtered by ${label}`)
      }),
    )
}

/** Series about Cloudflare are the same on every replica: only the highest may go into a sum. */
function replicasAreNotAddedUp(dashboard: DashboardFile): string[] {
  return analysed(dashboard).flatMap(({ where, query, overInstances }) =>
    overInstances
      .filter((found) => query.panelId > 0 && /\bcloudflare_(failing_)?logpush_(?!exporter_)/.test(found))
      .map((found) => `${where}: ${found}`),
  )
}

export const queryRules: Readonly<Record<string, Rule>> = {
  'asks the chosen data source for everything': asksTheChosenDatasource,
  'has the usual variables, chained and used': hasTheUsualVariables,
  'holds only expressions that parse, with metrics and labels that exist': expressionsAreSound,
  'reads counters only as rates, over $__rate_interval': countersAreReadAsRates,
  'filters every selector by all variables its series can have': selectorsAreFiltered,
  'never adds replicas up': replicasAreNotAddedUp,
}
