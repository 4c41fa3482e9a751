/* What the pages show, out of the parts of a running exporter. */

import type { Budget } from '../../access/budget.ts'
import type { PollProgress, ReadinessState } from '../../exporter/readiness.ts'
import type { SelfState } from '../../exporter/state/self-state.ts'
import type { ExporterState } from '../../exporter/state/state.ts'
import type { UploadHistory } from '../../exporter/state/upload-history.ts'
import type { ArrivalHistory } from '../../exporter/view/arrival-status.ts'
import type { DriftStatus } from '../../exporter/view/drift-state.ts'
import { exporterStatus } from '../../exporter/view/exporter-status.ts'
import { jobById, overview, type StatusInput } from '../../exporter/view/status.ts'
import type { StatusSource } from '../../http/status-routes.ts'
import type { RecordStore } from '../../ports/record-store.ts'
import type { Clock } from '../../ports/runtime.ts'
import type { Settings } from '../../settings/exporter-settings.ts'
import { maxLagOf } from './exporter-settings.ts'
import { shownSettings } from './shown-settings.ts'

export interface ExporterViewDeps {
  readonly state: ExporterState
  readonly history: UploadHistory
  readonly arrivals: ArrivalHistory
  readonly self: SelfState
  readonly budget: Budget
  readonly store: RecordStore
  readonly clock: Clock
  /** The ones in force. */
  readonly settings: () => Settings
  /** Null without a manifest. */
  readonly drift: () => DriftStatus | null
}

export function createExporterView(deps: ExporterViewDeps): StatusSource {
  const { state, history, self, budget, store, clock, settings } = deps
  const startedAt = clock.now()
  const input = (): StatusInput => ({
    scopes: state.scopes.values(),
    history,
    arrivals: deps.arrivals,
    maxLagMs: maxLagOf(settings()),
    now: clock.now(),
  })
  return {
    now: () => clock.now(),
    grafana: () => settings().grafanaUrl,
    overview: (query) => overview(input(), query),
    job: (id) => jobById(input(), id),
    exporter: (page) =>
      exporterStatus(
        {
          scopes: state.scopes.values(),
          self,
          budget: budget.status(),
          store: store.health(),
          departed: state.departed,
          settings: shownSettings(settings()),
          drift: deps.drift(),
          startedAt,
          now: clock.now(),
        },
        page,
      ),
  }
}

/** Ready, once every step was done once, until it stops; a standby, which polls nothing, always. */
export function readinessOf(
  { stopping, waitingFor }: PollProgress,
  standby: (() => string) | null,
): ReadinessState {
  if (standby !== null) return { ready: true, standby: standby() }
  if (stopping) return { ready: false, reason: 'shutting down' }
  return waitingFor === null
    ? { ready: true }
    : { ready: false, reason: `the first ${waitingFor} poll has not finished` }
}
