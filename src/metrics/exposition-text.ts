/*
 * Samples as lines of the exposition formats. prom-client renders the same bytes (a test compares them), but keeps
 * every series as an object: at 10,000 jobs that is a quarter of a million of them, several times the memory that
 * the whole exporter may use, and half a second of work that nothing else can interrupt.
 */
import type { MetricDefinition } from './metric-definition.ts'
import type { Sample } from './sample.ts'

export type ExpositionFormat = 'text' | 'openmetrics'

export const openMetricsEnd = '# EOF\n'

/** The HELP and TYPE lines. In OpenMetrics a counter's family has no `_total`; its samples do. */
export function renderHeader({ name, help, type }: MetricDefinition, format: ExpositionFormat): string {
  const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name
  return `# HELP ${family} ${escapeHelp(help)}\n# TYPE ${family} ${type}\n`
}

/** The sample lines, the same in both formats. */
export function renderSamples(definition: MetricDefinition, samples: readonly Sample[]): string {
  let text = ''
  for (const sample of samples) text += renderSample(definition, sample)
  return text
}

function renderSample({ name, labels }: MetricDefinition, { values, value, part }: Sample): string {
  const pairs: string[] = part?.le === undefined ? [] : [`le="${part.le}"`]
  for (let i = 0; i < labels.length; i += 1) pairs.push(`${labels[i]}="${escapeLabel(values[i] ?? '')}"`)
  const braces = pairs.length === 0 ? '' : `{${pairs.join(',')}}`
  return `${name}${part?.suffix ?? ''}${braces} ${renderValue(value)}\n`
}

function renderValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}

function escapeLabel(value: string): string {
  // Nearly all values need nothing, and looking is cheaper than replacing.
  return /[\\\n"]/.test(value)
    ? value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"')
    : value
}

function escapeHelp(help: string): string {
  return help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
}
