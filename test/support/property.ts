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

/** As `holds`, for a property that takes time; what goes wrong in it throws. */
export async function holdsAsync<T>(
  t: { ok(value: unknown, message: string): boolean },
  property: fc.IAsyncProperty<T>,
  numRuns = 100,
): Promise<void> {
  const run = await fc.check(property, { seed: 20261124, numRuns, endOnFailure: true })
  t.ok(
    !run.failed,
    run.failed ? `${run.errorInstance}\n${fc.defaultReportMessage(run)}` : `holds in ${run.numRuns} runs`,
  )
}
