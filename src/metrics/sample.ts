/** One value of a metric; `values` are its labels' values in the order of the metric's definition. */
export interface Sample {
  readonly values: readonly string[]
  readonly value: number
  /** Only for parts of a histogram: `_bucket`, `_sum` or `_count`, and the bucket's bound. */
  readonly part?: { readonly suffix: string; readonly le?: string }
}

/** Samples by metric name. A metric that is not in it has no sample, which is not the same as 0. */
export type Samples = ReadonlyMap<string, readonly Sample[]>

export interface SampleSink<Name extends string> {
  /** Adds a sample; a null value adds none. */
  add(name: Name, values: readonly string[], value: number | boolean | null): void
}

/** Collects samples under the names of a table. */
export function collectSamples<Name extends string>(
  fill: (sink: SampleSink<Name>, addPart: (name: Name, sample: Sample) => void) => void,
): Samples {
  const samples = new Map<string, Sample[]>()
  const push = (name: Name, sample: Sample): void => {
    const list = samples.get(name)
    if (list === undefined) samples.set(name, [sample])
    else list.push(sample)
  }
  fill(
    {
      add: (name, values, value) =>
        value === null ? undefined : push(name, { values, value: Number(value) }),
    },
    push,
  )
  return samples
}

/** Epoch milliseconds as Prometheus wants instants. */
export function seconds(instantMs: number | null): number | null {
  return instantMs === null ? null : instantMs / 1000
}
