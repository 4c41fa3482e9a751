import { type AlertRule, allRecordings, type RecordingRule } from '../../.build/generated/alert-files.ts'
import { metricDefinitions } from '../../src/metrics/definitions.ts'
import { type Expression, readExpression } from './rule-expressions.ts'

/** What a scrape adds to every series. */
const targetLabels = ['namespace', 'job', 'instance', 'pod']

const exported: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  metricDefinitions.map(({ name, labels }) => [name, new Set([...labels, ...targetLabels])]),
)

const recordings = allRecordings()

/** The rules that record a series, of which there may be several. */
const recorded: ReadonlyMap<string, readonly RecordingRule[]> = new Map(
  recordings.map(({ record }) => [record, recordings.filter((rule) => rule.record === record)]),
)

const known = new Map(exported)

/** Labels of a metric of ours or of a recording rule; undefined when neither makes it. */
export function labelsOfMetric(name: string): ReadonlySet<string> | undefined {
  const labels = known.get(name)
  const rules = recorded.get(name)
  if (labels !== undefined || rules === undefined) return labels
  const own = new Set(rules.flatMap((rule) => Object.keys(rule.labels ?? {})))
  // Known before its expressions are read: some rules go on from what they recorded last.
  known.set(name, own)
  for (const { expr } of rules)
    for (const label of readExpression(expr, labelsOfMetric).labels) own.add(label)
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
