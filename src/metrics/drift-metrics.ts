import { type DriftState, driftObjects } from '../exporter/view/drift-state.ts'
import { type Metric, metricFamily, seconds } from './metric.ts'

const { gauge, series } = metricFamily<DriftState>([], () => '')

/** How the manifest and what is live differ; nothing before the first comparison. */
export const driftMetrics: readonly Metric<DriftState>[] = [
  series(
    'gauge',
    'cloudflare_logpush_manifest_drift',
    ['account', 'zone', 'kind', 'name', 'change'],
    'Whether an object of the manifest differs from what is live at Cloudflare, by the change that apply would make.',
    (state) =>
      driftObjects(state).map(({ account, zone, kind, name, change }) => ({
        values: [account, zone, kind, name, change],
        value: change === 'none' ? 0 : 1,
      })),
  ),
  series(
    'gauge',
    'cloudflare_logpush_manifest_uncovered_zones',
    ['account', 'dataset'],
    'Zones the API token sees that have no job of the dataset in the manifest, for datasets declared with zones. Excluded zones do not count.',
    ({ compared }) =>
      (compared?.uncovered ?? []).map(({ account, dataset, zones }) => ({
        values: [account, dataset],
        value: zones,
      })),
  ),
  gauge(
    'cloudflare_logpush_manifest_last_check_timestamp_seconds',
    'Last time the manifest was compared with what is live at Cloudflare. Absent before the first comparison.',
    ({ compared }) => seconds(compared?.at ?? null),
  ),
]
