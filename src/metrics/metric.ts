import { labelText, renderSample, type Sample } from './exposition-text.ts'

export type MetricType = 'gauge' | 'counter' | 'histogram'

/** What a metric is called and means. README, rules and dashboards are checked against it. */
export interface MetricDefinition {
  readonly name: string
  readonly type: MetricType
  readonly help: string
  readonly labels: readonly string[]
  /** Exposed only with the setting named. */
  readonly only?: 'compat.lablabs'
}

/** One row of the metric table: the definition, and the function that gives the value. */
export interface Metric<View> extends MetricDefinition {
  /** The sample lines of one view; empty when it has no value, which is not the same as 0. */
  readonly lines: (view: View) => string
}

type Value = number | boolean | null

/** The ways to define a metric over one kind of view. */
export interface MetricFamily<View> {
  /** One sample a view; none for null. */
  gauge(name: string, help: string, value: (view: View) => Value): Metric<View>
  counter(name: string, help: string, value: (view: View) => Value): Metric<View>
  /** Any number of samples; their values are those of `labels`, which follow the family's own. */
  series(
    type: MetricType,
    name: string,
    labels: readonly string[],
    help: string,
    samples: (view: View) => Iterable<Sample>,
  ): Metric<View>
}

/**
 * Metrics that share the labels which identify a view. `identity` gives those labels as text, made once
 * per view with `labelText` and not once per sample: there are two dozen samples to a job.
 */
export function metricFamily<View>(
  labels: readonly string[],
  identity: (view: View) => string,
): MetricFamily<View> {
  const single =
    (type: MetricType): MetricFamily<View>['gauge'] =>
    (name, help, value) => ({
      name,
      type,
      help,
      labels,
      lines: (view) => {
        const found = value(view)
        return found === null ? '' : renderSample(name, identity(view), Number(found))
      },
    })
  return {
    gauge: single('gauge'),
    counter: single('counter'),
    series: (type, name, more, help, samples) => ({
      name,
      type,
      help,
      labels: [...labels, ...more],
      lines: (view) => {
        const own = identity(view)
        let text = ''
        for (const { values, value, part } of samples(view)) {
          const pairs = labelText(more, values)
          const bound = part?.le === undefined ? '' : `le="${part.le}"`
          const all = [bound, own, pairs].filter((each) => each !== '').join(',')
          text += renderSample(`${name}${part?.suffix ?? ''}`, all, value)
        }
        return text
      },
    }),
  }
}

/** The lines of a table by metric name, as one view gives them. */
export function linesOf<View>(table: readonly Metric<View>[], view: View): ReadonlyMap<string, string> {
  return new Map(table.map(({ name, lines }) => [name, lines(view)]))
}

/** Epoch milliseconds as Prometheus wants instants. */
export function seconds(instantMs: number | null): number | null {
  return instantMs === null ? null : instantMs / 1000
}
