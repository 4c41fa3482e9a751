import t from 'tap'
import { type DriftState, neverCompared } from '../../src/exporter/view/drift-state.ts'
import { driftMetrics } from '../../src/metrics/drift-metrics.ts'
import { linesOf } from '../../src/metrics/metric.ts'

const at = Date.UTC(2026, 10, 24, 3)
const lines = (state: DriftState) => [...linesOf(driftMetrics, state).values()].join('')

t.test('before the first comparison nothing is claimed, whatever went wrong', async (t) => {
  t.equal(lines(neverCompared), '')
  t.equal(lines({ ...neverCompared, problem: 'no manifest' }), '')
})

t.test('each object of the manifest is 1 where it differs and 0 where it does not', async (t) => {
  const object = { account: 'Quay', zone: 'one.example', kind: 'job', name: 'a', change: 'none' }
  const objects = [object, { ...object, zone: '', kind: 'policy', name: 'b', change: 'update' }]
  const uncovered = [{ account: 'Quay', dataset: 'http_requests', zones: 3 }]
  t.equal(
    lines({ compared: { at, objects, uncovered }, problem: null }),
    `cloudflare_logpush_manifest_drift{account="Quay",zone="one.example",kind="job",name="a",change="none"} 0
cloudflare_logpush_manifest_drift{account="Quay",zone="",kind="policy",name="b",change="update"} 1
cloudflare_logpush_manifest_uncovered_zones{account="Quay",dataset="http_requests"} 3
cloudflare_logpush_manifest_last_check_timestamp_seconds ${at / 1000}
`,
  )
})
