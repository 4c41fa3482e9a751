import { gauge, rate } from './exporter-expressions.ts'
import { exporterFilter, scopeFilter } from './expressions.ts'
import { graph } from './panels.ts'
import { line } from './queries.ts'

function perInstance(metric: string): string {
  return gauge(metric, 'instance')
}

/** What reaches the exporter from elsewhere; empty until the features are switched on. */
export const inputGraphs = [
  graph({
    title: 'Notifications from Cloudflare',
    description:
      'Notifications received in the minutes before each point, by webhook or read from the history. Needs --notifications.webhook-secret-file or the history poll.',
    unit: 'short',
    bars: true,
    lines: [
      line(
        `sum by (alert_type, source) (max by (account, alert_type, source) (increase(cloudflare_logpush_notifications_total{${exporterFilter}}[$__rate_interval])))`,
        '{{alert_type}} {{source}}',
      ),
    ],
    legend: ['sum'],
  }),
  graph({
    title: 'Manifest drift',
    description:
      'Objects that differ from the manifest, by the change that would mend it. Needs --manifest.file; "provision plan" shows the fields.',
    unit: 'short',
    lines: [
      line(
        `sum by (kind, change) (max by (account, zone, kind, name, change) (cloudflare_logpush_manifest_drift{${scopeFilter}}))`,
        '{{kind}} {{change}}',
      ),
    ],
  }),
  graph({
    title: 'Webhook as Cloudflare sees it',
    description:
      'How long ago Cloudflare last reached each webhook destination, and last failed to. A failure younger than the success means that notifications do not arrive.',
    unit: 's',
    lines: [
      line(
        `time() - ${gauge('cloudflare_logpush_notification_webhook_last_success_timestamp_seconds', 'account, webhook')}`,
        'reached {{webhook}} {{account}}',
      ),
      line(
        `time() - ${gauge('cloudflare_logpush_notification_webhook_last_failure_timestamp_seconds', 'account, webhook')}`,
        'failed {{webhook}} {{account}}',
      ),
    ],
    legend: ['lastNotNull'],
  }),
  graph({
    title: 'Time since the manifest was compared',
    description:
      'How long ago the manifest was last compared with what is at Cloudflare. Needs --manifest.file.',
    unit: 's',
    lines: [
      line(
        `time() - ${gauge('cloudflare_logpush_manifest_last_check_timestamp_seconds', 'instance')}`,
        '{{instance}}',
      ),
    ],
    legend: ['lastNotNull'],
  }),
]

export const processGraphs = [
  graph({
    title: 'CPU',
    description: 'Cores used by the exporter process.',
    unit: 'none',
    lines: [line(`max by (instance) (${rate('process_cpu_seconds_total')})`, '{{instance}}')],
  }),
  graph({
    title: 'Memory',
    description:
      'Resident memory and the used JavaScript heap. Resident memory is what a container limit counts.',
    unit: 'bytes',
    lines: [
      line(perInstance('process_resident_memory_bytes'), 'resident {{instance}}'),
      line(perInstance('nodejs_heap_size_used_bytes'), 'heap {{instance}}'),
    ],
  }),
  graph({
    title: 'Event loop delay',
    description:
      'How long the process was too busy to answer: the 99th percentile since the last scrape, and now.',
    unit: 's',
    lines: [
      line(perInstance('nodejs_eventloop_lag_p99_seconds'), 'p99 {{instance}}'),
      line(perInstance('nodejs_eventloop_lag_seconds'), 'now {{instance}}'),
    ],
  }),
  graph({
    title: 'Scrape duration',
    description:
      'How long Prometheus waited for /metrics. It is answered from memory and should take milliseconds.',
    unit: 's',
    lines: [line(perInstance('scrape_duration_seconds'), '{{instance}}')],
  }),
  graph({
    title: 'Series per scrape',
    description: 'How many samples /metrics holds. It grows with the number of jobs.',
    unit: 'short',
    lines: [line(perInstance('scrape_samples_scraped'), '{{instance}}')],
  }),
]
