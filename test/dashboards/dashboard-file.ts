import { readFileSync } from 'node:fs'
import { z } from 'zod'

const datasource = z.object({ type: z.literal('prometheus'), uid: z.string() })

const target = z.object({
  refId: z.string(),
  expr: z.string(),
  datasource,
  instant: z.boolean().optional(),
  format: z.string().optional(),
  interval: z.string().optional(),
  legendFormat: z.string().optional(),
})

const link = z.object({ title: z.string(), url: z.string() })

const overrideProperty = z.object({ id: z.string(), value: z.unknown() })

const panel = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  description: z.string().optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  datasource: datasource.optional(),
  targets: z.array(target).default([]),
  transformations: z
    .array(z.object({ id: z.string(), options: z.record(z.string(), z.unknown()) }))
    .default([]),
  options: z
    .object({ sortBy: z.array(z.object({ displayName: z.string() })).default([]) })
    .default({ sortBy: [] }),
  fieldConfig: z
    .object({
      defaults: z.object({ unit: z.string().optional(), noValue: z.string().optional() }),
      overrides: z.array(
        z.object({
          matcher: z.object({ id: z.string(), options: z.string() }),
          properties: z.array(overrideProperty),
        }),
      ),
    })
    .optional(),
})

const variable = z.object({
  type: z.string(),
  name: z.string(),
  label: z.string(),
  description: z.string(),
  query: z.string(),
  regex: z.string().optional(),
  datasource: datasource.optional(),
  multi: z.boolean(),
  includeAll: z.boolean(),
  allValue: z.string().optional(),
  refresh: z.number().optional(),
})

const dashboard = z.object({
  id: z.null(),
  uid: z.string(),
  title: z.string(),
  description: z.string(),
  editable: z.boolean(),
  graphTooltip: z.number(),
  refresh: z.string(),
  timezone: z.string(),
  schemaVersion: z.number(),
  tags: z.array(z.string()),
  time: z.object({ from: z.string(), to: z.string() }),
  links: z.array(
    z.object({
      title: z.string(),
      type: z.string(),
      url: z.string().optional(),
      tags: z.array(z.string()),
      includeVars: z.boolean(),
      keepTime: z.boolean(),
    }),
  ),
  annotations: z.object({
    list: z.array(z.object({ name: z.string(), datasource, enable: z.boolean(), expr: z.string() })),
  }),
  templating: z.object({ list: z.array(variable) }),
  panels: z.array(panel),
})

export type DashboardFile = z.infer<typeof dashboard>
export type PanelFile = z.infer<typeof panel>
export type VariableFile = z.infer<typeof variable>

const folder = new URL('../../dashboards/', import.meta.url)

export const dashboardFiles = ['overview.json', 'job.json', 'exporter.json'] as const

export function dashboardText(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8')
}

export function parseDashboard(text: string): DashboardFile {
  return dashboard.parse(JSON.parse(text))
}

export function readDashboard(file: string): DashboardFile {
  return parseDashboard(dashboardText(file))
}

/** The panels that show something; rows are only headings. */
export function panelsOf(file: DashboardFile): PanelFile[] {
  return file.panels.filter((one) => one.type !== 'row')
}

/** The links of a table's columns, with the column each is on. */
export function columnLinks(one: PanelFile): { column: string; title: string; url: string }[] {
  return (one.fieldConfig?.overrides ?? []).flatMap(({ matcher, properties }) =>
    properties
      .filter((property) => property.id === 'links')
      .flatMap((property) => z.array(link).parse(property.value))
      .map((found) => ({ column: matcher.options, ...found })),
  )
}
