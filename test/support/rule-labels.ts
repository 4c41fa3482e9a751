import { type AlertRule, allRecordings } from '../../.build/generated/alert-files.ts'
import { metricDefinitions } from '../../src/metrics/definitions.ts'
import { type Expression, readExpression } from './rule-expressions.ts'

/** What a scrape adds to every series. */
const targetLabels = ['namespace', 'job', 'instance', 'pod']

const exported: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  metricDefinitions.map(({ name, labels }) => [name, new Set([...labels, ...targetLabels])]),
)

const recorded: ReadonlyMap<string, string> = new Map(
  allRecordings().map(({ record, expr }) => [record, expr]),
)

const known = new Map(exported)

/** Labels of a metric of ours or of a recording rule; undefined when neither makes it. */
export function labelsOfMetric(name: string): ReadonlySet<string> | undefined {
  const labels = known.get(name)
  const expr = recorded.get(name)
  if (labels !== undefined || expr === undefined) return labels
  const own = readExpression(expr, labelsOfMetric).labels
  known.set(name, own)
  return own
}

/** An expression of a rule, an annotation or a runbook. */
export function ruleExpression(expr: string): Expression {
  return readExpression(expr, labelsOfMetric)
}

/** The queries that an alert's annotations ask when it fires, with `x` for each label's value. */
export function annotationQueries({ annotations }: AlertRule): readonly string[] {
  const texts = Object.values(annotations).join('\n')
  return [...texts.matchAll(/printf "((?:[^"\\]|\\.)*)"/g)].map(([, query = '']) =>
    query.replaceAll('\\"', '"').replaceAll('%q', '"x"'),
  )
}
