import { type DriftState, driftObjects } from '../exporter/view/drift-state.ts'
import type { SelfMetricName } from './definitions.ts'
import { collectSamples, type Samples, seconds } from './sample.ts'

/** The manifest's objects by the change that would be made: 1, or `none` at 0. Nothing without a comparison. */
export function driftSamples(state: DriftState): Samples {
  return collectSamples<SelfMetricName>((sink) => {
    for (const { kind, name, change } of driftObjects(state)) {
      sink.add('cloudflare_logpush_manifest_drift', [kind, name, change], change === 'none' ? 0 : 1)
    }
    sink.add(
      'cloudflare_logpush_manifest_last_check_timestamp_seconds',
      [],
      seconds(state.compared?.at ?? null),
    )
  })
}
