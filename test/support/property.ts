import fc from 'fast-check'

/** Checks a property with a fixed seed, so that a failure comes back; the report says how to shrink it. */
export function holds<T>(
  t: { ok(value: unknown, message: string): boolean },
  property: fc.IProperty<T>,
  numRuns = 500,
): void {
  const run = fc.check(property, { seed: 20261124, numRuns })
  t.ok(!run.failed, run.failed ? (fc.defaultReportMessage(run) ?? 'failed') : `holds in ${run.numRuns} runs`)
}
