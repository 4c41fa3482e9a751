import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { place, type Section } from './layout.ts'
import { cloudflareDocsUrl, runbooksUrl } from './links.ts'
import { datasource } from './variables.ts'

export interface DashboardSpec {
  /** Stable: links, bookmarks and alerts' `dashboard_url` rely on it. */
  readonly uid: string
  readonly title: string
  readonly description: string
  /** How far back it looks when opened, e.g. `now-6h`. */
  readonly from: string
  readonly variables: readonly { build(): VariableModel }[]
  /** Alerts to mark on the graphs. */
  readonly alerts: string
  readonly sections: readonly Section[]
}

const tags = ['cloudflare', 'logpush']

/** Puts a dashboard's panels into what all three have in common. */
export function frame(spec: DashboardSpec): Dashboard {
  const dashboard = new DashboardBuilder(spec.title)
    .id(null)
    .uid(spec.uid)
    .description(spec.description)
    .tags([...tags])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: spec.from, to: 'now' })
    .timezone('browser')
    .refresh('1m')
    .variables([...spec.variables])
    .links([siblings(), outside('Runbooks', runbooksUrl), outside('Logpush docs', cloudflareDocsUrl)])
    .annotation(alertMarks(spec.alerts))
    .build()
  return { ...dashboard, panels: place(spec.sections) }
}

function siblings(): { build(): DashboardLink } {
  return visible(
    new DashboardLinkBuilder('Logpush dashboards')
      .type(DashboardLinkType.Dashboards)
      .tags([...tags])
      .icon('external link')
      .includeVars(true)
      .keepTime(true),
  )
}

function outside(title: string, url: string): { build(): DashboardLink } {
  return visible(
    new DashboardLinkBuilder(title).type(DashboardLinkType.Link).icon('doc').url(url).targetBlank(true),
  )
}

/* The library tucks links and annotations away in a menu, and has no way of saying otherwise. */
function visible<T extends { placement?: unknown }>(thing: {
  build(): T
}): { build(): Omit<T, 'placement'> } {
  return {
    build() {
      const { placement: _, ...rest } = thing.build()
      return rest
    },
  }
}

function alertMarks(expr: string): { build(): AnnotationQuery } {
  return visible(
    new AnnotationQueryBuilder()
      .name('Firing alerts')
      .datasource(datasource)
      .enable(true)
      .hide(false)
      .iconColor('red')
      .expr(expr)
      .step('1m')
      .titleFormat('{{alertname}}')
      .textFormat('{{severity}} {{account}} {{zone}} {{job_id}}')
      .tagKeys('severity')
      .useValueForTime(false),
  )
}
