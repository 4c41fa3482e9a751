import { type DashboardFile, panelsOf } from './dashboard-file.ts'

/*
 * Every PromQL expression of the dashboards with Grafana's variables filled in, so that it can be
 * parsed, checked, or sent to a real Prometheus.
 */

export interface PanelQuery {
  /** The dashboard's uid. */
  readonly dashboard: string
  readonly panelId: number
  readonly panel: string
  readonly refId: string
  /** As it stands in the file. */
  readonly template: string
  /** With all variables filled in. */
  readonly expr: string
  /** True: asked for one instant; false: over the dashboard's time range. */
  readonly instant: boolean
}

export type VariableValues = Readonly<Record<string, string>>

/** What Grafana fills in for "All", a six hour range and a one minute step. */
export const defaultValues: VariableValues = {
  job: '.+',
  instance: '.+',
  account: '.*',
  zone: '.*',
  job_id: '.*',
  show: '2',
  __rate_interval: '5m',
  __range: '6h',
  __interval: '1m',
}

/** Fills in `$name` and `${name}`; an unknown variable throws, as Grafana would send its name as it is. */
export function substitute(template: string, values: VariableValues): string {
  return template.replaceAll(/\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g, (whole, braced, bare) => {
    const value = values[String(braced ?? bare)]
    if (value === undefined) throw new Error(`no value for the variable ${whole} in: ${template}`)
    return value
  })
}

/** Queries that find nothing in a healthy demo, by panel title and reference id, and what they wait for. */
export const mayBeEmpty: Readonly<Record<string, string>> = {
  'Failing since A': 'a failing job',
  'Time left until Cloudflare disables it A': 'a failing job',
  'Reason A': 'a job with an error',
  'Reason of failure A': 'a job with an error',
  'Jobs by trouble since': 'a failing job',
  'Jobs by trouble reason': 'a job with an error',
  'Lag against its limit C': 'a job with an upload interval of its own',
  'Time since B': 'a job with an error',
  'Firing alerts since': 'a firing alert',
  'annotation Firing alerts A': 'a firing alert',
  'Token expires in A': 'a token that expires',
  'Notifications from Cloudflare A': 'a notification by webhook or in the history',
  'Webhook as Cloudflare sees it A': 'a webhook that Cloudflare has reached',
  'Webhook as Cloudflare sees it B': 'a webhook that Cloudflare has failed to reach',
  ...Object.fromEntries(
    [
      'Pushed and arrived: files B',
      'Pushed and arrived: bytes B',
      'Pushed and arrived: records B',
      'Missing at the destination A',
      'Missing at the destination B',
      'Newest file A',
      'Newest file B',
      'Time that no file covers A',
      'Nothing arrives A',
      'Destination readable A',
      'Counted with A',
    ].map((panel) => [panel, 'a destination that is read']),
  ),
  'Credential of the destination A': 'an Azure destination with a signature that expires',
  'Manifest drift A': '--manifest.file',
  'Time since the manifest was compared A': '--manifest.file',
}

/** All queries of all panels, in the order they are shown. `overrides` replaces some of `defaultValues`. */
export function panelQueries(dashboard: DashboardFile, overrides: VariableValues = {}): PanelQuery[] {
  const values = { ...defaultValues, ...overrides }
  return panelsOf(dashboard).flatMap((panel) =>
    panel.targets.map((target) => ({
      dashboard: dashboard.uid,
      panelId: panel.id,
      panel: panel.title,
      refId: target.refId,
      template: target.expr,
      expr: substitute(target.expr, values),
      instant: target.instant === true,
    })),
  )
}

/** The expressions of annotations and of variables that ask Prometheus, in the same form; instant all of them. */
export function otherQueries(dashboard: DashboardFile, overrides: VariableValues = {}): PanelQuery[] {
  const values = { ...defaultValues, ...overrides }
  const fromVariables = dashboard.templating.list
    .filter((variable) => variable.type === 'query')
    .map((variable) => ({ panel: `variable ${variable.name}`, template: variableExpression(variable.query) }))
  const fromAnnotations = dashboard.annotations.list.map(({ name, expr }) => ({
    panel: `annotation ${name}`,
    template: expr,
  }))
  return [...fromVariables, ...fromAnnotations].map(({ panel, template }) => ({
    dashboard: dashboard.uid,
    panelId: 0,
    panel,
    refId: 'A',
    template,
    expr: substitute(template, values),
    instant: true,
  }))
}

/** The PromQL inside `label_values(…, label)` or `query_result(…)`; the former as a count by the label. */
function variableExpression(query: string): string {
  const labelValues = /^label_values\((.*), (\w+)\)$/.exec(query)
  if (labelValues !== null) return `count by (${labelValues[2]}) (${labelValues[1]})`
  const result = /^query_result\((.*)\)$/.exec(query)
  if (result?.[1] === undefined) throw new Error(`not a query of a variable: ${query}`)
  return result[1]
}
