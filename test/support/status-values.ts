import { createSelfState } from '../../src/exporter/state/self-state.ts'
import { createState, type ExporterState } from '../../src/exporter/state/state.ts'
import { createUploadHistory, type UploadHistory } from '../../src/exporter/state/upload-history.ts'
import { exporterStatus, type ShownSetting } from '../../src/exporter/view/exporter-status.ts'
import { jobById, overview } from '../../src/exporter/view/status.ts'
import type { StatusSource } from '../../src/http/status-routes.ts'

export interface StatusParts {
  readonly state?: ExporterState
  readonly history?: UploadHistory
  readonly maxLagMs?: number
  readonly now?: () => number
  readonly grafana?: string | null
  readonly settings?: readonly ShownSetting[]
}

/** What pages show of a state, without a running exporter. */
export function statusOf(parts: StatusParts = {}): StatusSource {
  const state = parts.state ?? createState()
  const now = parts.now ?? (() => Date.UTC(2026, 10, 24, 3))
  const input = () => ({
    scopes: state.scopes.values(),
    history: parts.history ?? createUploadHistory(),
    maxLagMs: () => parts.maxLagMs ?? 1_800_000,
    now: now(),
  })
  return {
    now,
    grafana: () => parts.grafana ?? null,
    overview: (query) => overview(input(), query),
    job: (id) => jobById(input(), id),
    exporter: (page) =>
      exporterStatus(
        {
          scopes: state.scopes.values(),
          self: createSelfState(['health']),
          budget: [],
          store: { writes: 0, failures: 0 },
          departed: state.departed,
          settings: parts.settings ?? [],
          drift: null,
          startedAt: now(),
          now: now(),
        },
        page,
      ),
  }
}

export const emptyStatus = statusOf()
