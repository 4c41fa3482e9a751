import { driftStatus } from '../../exporter/view/drift-state.ts'
import type { DriftStatus } from '../../exporter/view/exporter-status.ts'
import { driftSamples } from '../../metrics/drift-samples.ts'
import type { Samples } from '../../metrics/sample.ts'
import type { DriftWatchDeps } from './drift.ts'

/** What the exporter has of the manifest; without one, nothing that costs anything. */
export interface DriftPart {
  status(): DriftStatus | null
  samples(): readonly Samples[]
  run(stop: AbortSignal, abort: AbortSignal): Promise<void>
  hurry(): void
}

const none: DriftPart = { status: () => null, samples: () => [], run: async () => {}, hurry() {} }

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
    samples: () => [driftSamples(watch.state())],
    run: watch.run,
    hurry: watch.hurry,
  }
}
