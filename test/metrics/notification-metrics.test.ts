import t from 'tap'
import {
  emptyBook,
  type NotificationCount,
  type NotificationSource,
} from '../../src/domain/notification/notification-book.ts'
import { newScopeState } from '../../src/exporter/state/scope-state.ts'
import { linesOf } from '../../src/metrics/metric.ts'
import {
  accountLabels,
  type NotificationView,
  notificationMetrics,
} from '../../src/metrics/notification-metrics.ts'
import { quay, zone } from '../support/exporter-core.ts'
import { parseScrape } from '../support/scrape.ts'

const at = Date.UTC(2026, 10, 24, 3)
const disabled = 'failing_logpush_job_disabled_alert'
const accounts = accountLabels([newScopeState(zone('a.example'), { account: 'Quay', zone: 'a.example' })])
const counted = (edit: Partial<NotificationCount> = {}): NotificationCount => ({
  accountId: quay.id,
  alertType: disabled,
  source: 'webhook',
  count: 2,
  ...edit,
})

/** Series as `labels value`. */
function shown(edit: Partial<NotificationView>, sources: readonly NotificationSource[] = ['webhook']) {
  const view = { book: emptyBook, sources, webhooks: new Map(), accounts, ...edit }
  return parseScrape([...linesOf(notificationMetrics, view).values()].join('')).map(
    ({ labels, value }) => `${Object.values(labels).join(' ')} ${value}`,
  )
}

t.test('disabled jobs count from 0 in every account, by every way that is open', async (t) => {
  t.same(shown({}, []), [])
  t.same(shown({}, ['webhook', 'history']), [`Quay ${disabled} webhook 0`, `Quay ${disabled} history 0`])
})

t.test('what came is counted by account, alert and way; of unknown accounts together', async (t) => {
  const counts = [
    counted(),
    counted({ alertType: 'billing_usage_alert', count: 1 }),
    counted({ accountId: '', count: 3 }),
    counted({ accountId: 'gone', count: 4 }),
  ]
  t.same(shown({ book: { ...emptyBook, counts } }), [
    `Quay ${disabled} webhook 2`,
    'Quay billing_usage_alert webhook 1',
    ` ${disabled} webhook 7`,
  ])
})

t.test('a webhook shows when it was last reached and last not, if ever, in watched accounts', async (t) => {
  const reports = [
    { webhook: 'exporter', lastSuccess: at, lastFailure: null },
    { webhook: 'other', lastSuccess: null, lastFailure: at - 1_000 },
  ]
  const webhooks = new Map([
    [quay.id, reports],
    ['gone', reports],
  ])
  t.same(shown({ webhooks }, []), [`Quay exporter ${at / 1000}`, `Quay other ${at / 1000 - 1}`])
})
