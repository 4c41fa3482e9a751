import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { datasource } from './variables.ts'

/**
 * The exporter's counters move once a poll, not once a scrape. A minimum step of the default poll
 * interval makes `$__rate_interval` at least four polls long, so that graphs don't show teeth.
 */
const minStep = '1m'

function query(refId: string, expr: string): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId).datasource(datasource).expr(expr)
}

/** A line of a graph, and what its legend says. */
export interface Line {
  readonly expr: string
  readonly legend: string
}

export function line(expr: string, legend: string): Line {
  return { expr, legend }
}

/** Graph targets with the reference ids A, B, C. */
export function rangeQueries(lines: readonly Line[]): DataqueryBuilder[] {
  return lines.map((one, index) =>
    query(String.fromCharCode('A'.charCodeAt(0) + index), one.expr)
      .range()
      .interval(minStep)
      .legendFormat(one.legend),
  )
}

/** The value of now, for a single number. It goes away with its series; a range query would keep the last one. */
export function nowQuery(expr: string, legend = '__auto'): DataqueryBuilder {
  return query('A', expr).instant().legendFormat(legend)
}

/** One column of a table: rows with equal labels become one row, the value is `Value #<refId>`. */
export function columnQuery(refId: string, expr: string): DataqueryBuilder {
  return query(refId, expr).instant().format(PromQueryFormat.Table)
}

/** Bucket counts per second of a histogram, for a heatmap. */
export function bucketQuery(expr: string): DataqueryBuilder {
  return query('A', expr).range().interval(minStep).format(PromQueryFormat.Heatmap).legendFormat('{{le}}')
}
