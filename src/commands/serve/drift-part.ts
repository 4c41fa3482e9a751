import { type DriftStatus, driftStatus } from '../../exporter/view/drift-state.ts'

import { driftMetrics } from '../../metrics/drift-metrics.ts'
import { linesOf } from '../../metrics/metric.ts'
import type { DriftWatchDeps } from './drift.ts'

/** What the exporter has of the manifest; without one, nothing that costs anything. */
export interface DriftPart {
  status(): DriftStatus | null
  /** The lines of its metrics by name, when there is a manifest. */
  metricLines(): readonly ReadonlyMap<string, string>[]
  run(stop: AbortSignal, abort: AbortSignal): Promise<void>
  hurry(): void
}

const none: DriftPart = { status: () => null, metricLines: () => [], run: async () => {}, hurry() {} }

/** The comparison is loaded only where there is a manifest: most exporters have none, and start faster so. */
export async function openDriftPart(
  path: string | null,
  deps: Omit<DriftWatchDeps, 'path'>,
): Promise<DriftPart> {
  if (path === null) return none
  const { createDriftWatch } = await import('./drift.ts')
  const watch = createDriftWatch({ ...deps, path })
  return {
    status: () => driftStatus(watch.state()),
    metricLines: () => [linesOf(driftMetrics, watch.state())],
    run: watch.run,
    hurry: watch.hurry,
  }
}
