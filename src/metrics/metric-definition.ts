export type MetricType = 'gauge' | 'counter' | 'histogram'

export interface MetricDefinition {
  readonly name: string
  readonly type: MetricType
  readonly help: string
  readonly labels: readonly string[]
  /** Shown only with the setting named. */
  readonly only?: 'compat.lablabs'
}

/** A table of metrics by name, kept as narrow as it is written. */
export function define<const D extends Readonly<Record<string, Omit<MetricDefinition, 'name'>>>>(
  table: D,
): D {
  return table
}
