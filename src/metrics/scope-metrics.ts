import { minuteMs } from '../domain/time.ts'
import { isUp } from '../exporter/state/poll-state.ts'
import { isOutOfReach, type ScopeState } from '../exporter/state/scope-state.ts'
import { labelText, type Sample } from './exposition-text.ts'
import { type Metric, metricFamily, seconds } from './metric.ts'

const scopeLabels = ['account', 'zone'] as const

const { series } = metricFamily<ScopeState>(scopeLabels, ({ labels }) =>
  labelText(scopeLabels, [labels.account, labels.zone]),
)

/** The metrics of one account or zone, by what is read of it. */
export const scopeMetrics: readonly Metric<ScopeState>[] = [
  series(
    'gauge',
    'cloudflare_logpush_up',
    ['source'],
    'Whether the last poll of the account or zone succeeded. Absent for an account of which the token may read nothing but zones.',
    (scope) => (isOutOfReach(scope) ? [] : bySource(isUp(scope.inventory), isUp(scope.health))),
  ),
  series(
    'gauge',
    'cloudflare_logpush_data_timestamp_seconds',
    ['source'],
    'Time up to which the data of the account or zone is complete. Absent before the first successful poll.',
    ({ inventory, health, readTo }) =>
      bySource(
        seconds(inventory.lastSuccess),
        seconds(health.lastSuccess === null || readTo === null ? null : readTo * minuteMs),
      ),
  ),
]

function bySource(inventory: number | boolean | null, health: number | boolean | null): readonly Sample[] {
  return [
    { values: ['inventory'], value: inventory },
    { values: ['health'], value: health },
  ].flatMap(({ values, value }) => (value === null ? [] : [{ values, value: Number(value) }]))
}
