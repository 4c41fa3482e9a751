import { gridWidth } from '../../dashboards/src/layout.ts'
import { columnLinks, type DashboardFile, panelsOf } from './dashboard-file.ts'

/*
 * What Grafana's own dashboard linter asks of panels and of the dashboard as a whole, and what this
 * project asks beyond it.
 */

/** Gives the places where a dashboard breaks the rule, in words. */
export type Rule = (dashboard: DashboardFile) => readonly string[]

/** Grafana's units that the dashboards use; it would print a misspelt one as text behind the number. */
const units = new Set(
  'none string short percentunit bytes Bps s dtdurations dateTimeFromNow cps reqps wps'.split(' '),
)

/** The places where a list names something twice. */
export function repeated(what: string, names: readonly (string | number)[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${what} ${name} twice`)
}

function isProvisionable(dashboard: DashboardFile): string[] {
  const wanted: readonly (readonly [string, unknown, unknown])[] = [
    ['editable', dashboard.editable, false],
    ['refresh', dashboard.refresh, '1m'],
    ['graphTooltip', dashboard.graphTooltip, 1],
    ['timezone', dashboard.timezone, 'browser'],
    ['tags', dashboard.tags.join(), 'cloudflare,logpush'],
    ['uid length', dashboard.uid.length <= 40, true],
  ]
  return wanted.filter(([, is, should]) => is !== should).map(([name, is]) => `${name} is ${is}`)
}

function panelsAreExplained(dashboard: DashboardFile): string[] {
  const panels = panelsOf(dashboard)
  const silent = panels.filter((panel) => panel.title.length < 3 || panel.title.length > 45)
  const unexplained = panels.filter((panel) => !/^[A-Z].{20,}\.$/s.test(panel.description ?? ''))
  const idle = panels.filter((panel) => panel.targets.length === 0)
  return [
    ...repeated(
      'title',
      panels.map((panel) => panel.title),
    ),
    ...silent.map((panel) => `title of panel ${panel.id}`),
    ...unexplained.map((panel) => `description of ${panel.title}`),
    ...idle.map((panel) => `${panel.title} asks nothing`),
  ]
}

function panelsHaveUnits(dashboard: DashboardFile): string[] {
  return panelsOf(dashboard).flatMap((panel) => {
    const overridden = (panel.fieldConfig?.overrides ?? [])
      .flatMap((override) => override.properties)
      .filter((property) => property.id === 'unit')
      .map((property) => String(property.value))
    return [panel.fieldConfig?.defaults.unit ?? '(none)', ...overridden]
      .filter((unit) => !units.has(unit))
      .map((unit) => `unit ${unit} of ${panel.title}`)
  })
}

function panelsHaveTheirPlace(dashboard: DashboardFile): string[] {
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  )
  const outside = dashboard.panels.filter(
    ({ gridPos }) => gridPos.x < 0 || gridPos.w < 1 || gridPos.x + gridPos.w > gridWidth,
  )
  return [
    ...repeated(
      'panel id',
      dashboard.panels.map((panel) => panel.id),
    ),
    ...repeated('grid cell', cells),
    ...outside.map((panel) => `${panel.title} is outside the grid`),
  ]
}

function linksLeadOn(dashboard: DashboardFile): string[] {
  const siblings = dashboard.links.find((link) => link.type === 'dashboards')
  const found: readonly (readonly [string, boolean | undefined])[] = [
    ['siblings with time and variables', siblings?.keepTime === true && siblings.includeVars],
    ['runbooks', dashboard.links.some((link) => link.url?.endsWith('/alerts/runbooks'))],
    [
      'firing alerts as annotations',
      dashboard.annotations.list.some(
        ({ enable, expr }) =>
          enable && /ALERTS\{alertname=~"CloudflareLogpush\.\*".*alertstate="firing"/.test(expr),
      ),
    ],
  ]
  return found.filter(([, there]) => there !== true).map(([name]) => `no link: ${name}`)
}

function tablesShowWhatTheyAsk(dashboard: DashboardFile): string[] {
  return panelsOf(dashboard)
    .filter((panel) => panel.type === 'table')
    .flatMap((panel) => {
      const values = panel.targets.map(({ refId }) =>
        panel.targets.length === 1 ? 'Value' : `Value #${refId}`,
      )
      const labels = panel.targets.flatMap(({ expr }) =>
        [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap((match) => (match[1] ?? '').split(', ')),
      )
      const overrides = panel.fieldConfig?.overrides ?? []
      const headers = overrides.flatMap(({ properties }) =>
        properties.filter((property) => property.id === 'displayName').map((property) => property.value),
      )
      const fields = columnLinks(panel).flatMap(({ url }) =>
        [...url.matchAll(/__data\.fields\.(\w+)/g)].map((match) => match[1] ?? ''),
      )
      return [
        ...overrides
          .map(({ matcher }) => matcher.options)
          .filter((column) => !values.includes(column) && !labels.includes(column))
          .map((column) => `${panel.title}: column ${column}`),
        ...panel.options.sortBy
          .filter(({ displayName }) => !headers.includes(displayName))
          .map(({ displayName }) => `${panel.title}: sorted by ${displayName}`),
        ...fields
          .filter((field) => !labels.includes(field))
          .map((field) => `${panel.title}: link by ${field}`),
      ]
    })
}

export const panelRules: Readonly<Record<string, Rule>> = {
  'is fit to be provisioned': isProvisionable,
  'names and explains each panel': panelsAreExplained,
  'gives each panel a unit that Grafana knows': panelsHaveUnits,
  'gives each panel an id and a place of its own': panelsHaveTheirPlace,
  'links to its siblings, the runbooks and the alerts': linksLeadOn,
  'shows in tables only what their queries give': tablesShowWhatTheyAsk,
}
