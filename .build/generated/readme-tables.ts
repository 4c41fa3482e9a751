import { metricDefinitions } from '../../src/metrics/definitions.ts'
import { jobLabels } from '../../src/metrics/job-view.ts'
import type { MetricDefinition } from '../../src/metrics/metric.ts'
import { allSettings } from '../../src/settings/exporter-settings.ts'
import { settingsMarkdown } from './settings-table.ts'

/** The README with the tables that the program makes; `text` is the README as it is. */
export function readmeWithTables(text: string): string {
  return withSection(
    withSection(text, 'settings', settingsMarkdown(allSettings)),
    'metrics',
    metricsMarkdown(),
  )
}

function metricsMarkdown(): string {
  return [
    '| name | type | labels | meaning |',
    '|---|---|---|---|',
    ...metricDefinitions.map(metricRow),
  ].join('\n')
}

function metricRow({ name, type, labels, help, only }: MetricDefinition): string {
  const ofJob = jobLabels.every((label) => labels.includes(label))
  const own = ofJob ? labels.filter((label) => !jobLabels.some((other) => other === label)) : labels
  const extra = own.map((label) => `\`${label}\``).join(', ')
  const shown = [ofJob ? 'job' : '', extra].filter((part) => part !== '').join(' + ')
  return `| \`${name}\` | ${type} | ${shown} | ${help}${only === undefined ? '' : ` Only with \`--${only}\`.`} |`
}

/** Replaces what stands between the marks `<!-- NAME:begin -->` and `<!-- NAME:end -->`. */
export function withSection(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`there is no section ${name}`)
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`
}
