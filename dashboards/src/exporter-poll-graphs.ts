import { gauge, rate, recent } from './exporter-expressions.ts'
import { scopeFilter } from './expressions.ts'
import { graph } from './panels.ts'
import { line } from './queries.ts'

export const pollGraphs = [
  graph({
    title: 'Poll duration',
    description: 'How long the last cycle took. Near the interval there is no room left.',
    unit: 's',
    lines: [
      line(
        gauge('cloudflare_logpush_exporter_poll_duration_seconds', 'poller, instance'),
        '{{poller}} {{instance}}',
      ),
    ],
  }),
  graph({
    title: 'Time since the last cycle',
    description:
      'How long ago each poller last ended a cycle. A line that climbs is a poller that hangs or fails.',
    unit: 's',
    lines: [
      line(
        `time() - ${gauge('cloudflare_logpush_exporter_poll_last_success_timestamp_seconds', 'poller, instance')}`,
        '{{poller}} {{instance}}',
      ),
    ],
  }),
  graph({
    title: 'Poll failures',
    description:
      'Failures per second inside polls, of single scopes too, by kind: auth and forbidden want a better token, rate_limited a smaller budget share, the rest is the network or Cloudflare.',
    unit: 'cps',
    lines: [
      line(
        `sum by (poller, kind) (${rate('cloudflare_logpush_exporter_poll_failures_total')}) or on (poller) 0 * sum by (poller) (${rate('cloudflare_logpush_exporter_polls_total')})`,
        '{{poller}} {{kind}}',
      ),
    ],
  }),
  graph({
    title: 'Polls',
    description: 'Cycles per second that ended.',
    unit: 'cps',
    lines: [
      line(
        `sum by (poller, instance) (${rate('cloudflare_logpush_exporter_polls_total')})`,
        '{{poller}} {{instance}}',
      ),
    ],
  }),
]

const age = `time() - max by (account, zone, source) (cloudflare_logpush_data_timestamp_seconds{${scopeFilter}})`

export const dataGraphs = [
  graph({
    title: 'Age of data',
    description: 'Age of the least fresh scope and of the middle one, by source.',
    unit: 's',
    lines: [
      line(`max by (source) (${age})`, 'oldest {{source}}'),
      line(`quantile by (source) (0.5, ${age})`, 'median {{source}}'),
    ],
  }),
  graph({
    title: 'Scopes by state',
    description:
      'How many accounts and zones the exporter knows, by how it treats them: watched has jobs, empty has none, unknown cannot be listed, failing gives no health data.',
    unit: 'short',
    lines: [line(gauge('cloudflare_logpush_exporter_scopes', 'state, instance'), '{{state}} {{instance}}')],
  }),
  graph({
    title: 'Late rows',
    description:
      'Rows that came or grew after their minute was read, in the minutes before each point. They are counted when they come: late is not lost.',
    unit: 'short',
    bars: true,
    lines: [line(recent('cloudflare_logpush_exporter_late_rows_total'), '{{instance}}')],
    legend: ['sum'],
  }),
  graph({
    title: 'Clock skew',
    description:
      "Cloudflare's time minus the time of the machine. Minutes apart, the earlier of both decides what is complete.",
    unit: 's',
    lines: [line(gauge('cloudflare_logpush_exporter_clock_skew_seconds', 'instance'), '{{instance}}')],
  }),
  graph({
    title: 'Data gaps',
    description:
      'Seconds of health data given up in the minutes before each point, because Cloudflare keeps them no longer. What was lost in them is not known.',
    unit: 's',
    bars: true,
    lines: [line(recent('cloudflare_logpush_exporter_gap_seconds_total'), '{{instance}}')],
    legend: ['sum'],
  }),
  graph({
    title: 'Windows split',
    description:
      'Answers that were full and had to be asked again in halves, in the minutes before each point. Each costs API budget.',
    unit: 'short',
    bars: true,
    lines: [line(recent('cloudflare_logpush_exporter_windows_split_total'), '{{instance}}')],
    legend: ['sum'],
  }),
  graph({
    title: 'State writes',
    description:
      'Records written to the ledger store per second, and those that could not be: they are in memory only.',
    unit: 'wps',
    lines: [
      line(
        `sum by (instance) (${rate('cloudflare_logpush_exporter_state_writes_total')})`,
        'writes {{instance}}',
      ),
      line(
        `sum by (instance) (${rate('cloudflare_logpush_exporter_state_write_failures_total')})`,
        'failed {{instance}}',
      ),
    ],
  }),
]
