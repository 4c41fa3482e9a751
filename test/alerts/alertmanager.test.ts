import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { alertsFolder, allAlerts, readAlertmanager } from '../../.build/generated/alert-files.ts'
import { type SentAlert, startAlertmanager } from '../support/alertmanager-process.ts'
import { type PagerDutyEvent, startFakePagerDuty } from '../support/fake-pagerduty.ts'
import { missingPrograms, runProgram } from '../support/programs.ts'
import { expectedAlerts } from '../support/rule-tests.ts'

t.setTimeout(120_000)

const configFile = join(alertsFolder, 'alertmanager.yaml')
const noAmtool = missingPrograms('amtool')
const noAlertmanager = missingPrograms('prometheus-alertmanager')

/** Who hears of an alert, by its labels. */
function receiverOf({ alertname, severity }: Readonly<Record<string, string>>): string {
  if (alertname === 'CloudflareLogpushWatchdog') return 'logpush-heartbeat'
  if (severity === 'critical') return 'logpush-page'
  return severity === 'warning' ? 'logpush-ticket' : 'logpush-none'
}

/** The alerts whose events are kept as people see them. */
const kept = [
  ...['JobDisabled', 'JobStalled', 'JobWillBeDisabled', 'JobFailing', 'BatchesLost', 'ErrorBudgetBurn'],
  ...['RetriesHigh', 'JobMissing', 'DestinationOutage', 'AccountOutage', 'ManyJobs', 'ExporterDown'],
]

/** One event of each, with what PagerDuty shows of it on a phone. */
function readable(
  sent: readonly SentAlert[],
  eventOf: (namespace: string) => PagerDutyEvent | undefined,
): string {
  const texts = kept.map((name) => {
    const alert = sent.find(({ labels }) => labels.alertname === `CloudflareLogpush${name}`)
    const { payload, links = [] } = eventOf(alert?.labels.namespace ?? '') ?? {}
    const { firing = '', alerts = '', destination = '' } = payload?.custom_details ?? {}
    return [
      `[${payload?.severity}] ${payload?.summary}`,
      firing.trim(),
      `alerts: ${alerts.trim()}; destination: ${destination || '–'}; group: ${payload?.group}; component: ${payload?.component}`,
      ...links.map(({ text, href }) => `${text}: ${href}`),
    ].join('\n')
  })
  return `${texts.join('\n\n')}\n`.replace(/each-\d+/g, 'its namespace')
}

/** Waits until something is so; what it was last is the error. */
async function until<T>(read: () => T | Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  const end = Date.now() + 30_000
  for (;;) {
    const value = await read()
    if (isSo(value)) return value
    if (Date.now() > end) throw new Error(`never so: ${JSON.stringify(value).slice(0, 2000)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

t.test('amtool accepts the file', { skip: noAmtool }, async (t) => {
  const { status, output } = await runProgram('amtool', ['check-config', configFile])
  t.equal(status, 0, output)
})

t.test('every alert has its receiver, other services none of ours', { skip: noAmtool }, async (t) => {
  const test = (receiver: string, labels: Readonly<Record<string, string>>) =>
    runProgram('amtool', [
      'config',
      'routes',
      'test',
      `--config.file=${configFile}`,
      `--verify.receivers=${receiver}`,
      ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
    ])
  for (const { alert, labels } of allAlerts()) {
    const sent = { alertname: alert, namespace: 'logpush', ...labels }
    const { status, output } = await test(receiverOf(sent), sent)
    t.equal(status, 0, `${alert} ${labels.severity}: ${output}`)
  }
  t.equal((await test('nobody', { alertname: 'KubePodCrashLooping', severity: 'critical' })).status, 0)
  t.not((await test('logpush-page', { alertname: 'KubePodCrashLooping', severity: 'critical' })).status, 0)
})

t.test('nothing is inhibited: what ends while it is inhibited would never be resolved', async (t) => {
  t.same(readAlertmanager().inhibit_rules, [])
})

t.test('a real Alertmanager', { skip: noAlertmanager }, async (t) => {
  const pagerDuty = await startFakePagerDuty()
  const alertmanager = await startAlertmanager(pagerDuty.url)
  t.teardown(async () => {
    await alertmanager.stop()
    await pagerDuty.close()
  })
  const eventsOf = (namespace: string) =>
    pagerDuty.events.filter(({ payload }) => payload?.custom_details.namespace === namespace)
  const stateOf = async (namespace: string) => {
    const alerts = await alertmanager.alerts()
    return alerts
      .filter(({ labels }) => labels.namespace === namespace)
      .map(({ labels, status }) =>
        `${labels.alertname} ${labels.job_id ?? ''} ${status.state}`.replace('  ', ' '),
      )
      .sort()
  }

  await t.test('makes of every alert an event that a person can read', async (t) => {
    const sent: readonly SentAlert[] = expectedAlerts.map(({ name, labels, annotations }, index) => ({
      labels: { ...labels, alertname: name, namespace: `each-${index}` },
      annotations,
    }))
    await alertmanager.send(sent)
    const heard = sent.filter(({ labels }) => /page|ticket/.test(receiverOf(labels)))
    t.ok(heard.length >= 25)
    await until(
      () => pagerDuty.events,
      (events) => events.length >= heard.length,
    )
    for (const { labels, annotations } of heard) {
      const { alertname, severity, namespace = '', component, job_name, zone, dataset } = labels
      const events = eventsOf(namespace)
      t.equal(events.length, 1, `${alertname} ${severity}: one event`)
      const [event] = events
      t.match(event, {
        event_action: 'trigger',
        routing_key: 'routing-key-of-the-test',
        payload: { severity, class: alertname, custom_details: { alerts: `${alertname} ` } },
        links: [
          { href: annotations.runbook_url, text: 'Runbook' },
          { href: annotations.dashboard_url, text: 'Dashboard' },
        ],
      })
      const title = event?.payload?.summary ?? ''
      const named = component === 'job' ? [job_name, zone, dataset] : []
      const left = [annotations.summary, ...named].filter(
        (part) => part !== undefined && !title.includes(part),
      )
      t.same(left, [], title)
      t.ok(title.length < 200)
      t.ok(event?.payload?.custom_details.firing?.includes(annotations.description ?? '?'))
      t.notMatch(JSON.stringify(event), /no value|%!|\{\{/)
    }
    // Read the difference as someone would who was just woken up; then let it stand by copying the text.
    const seen = readable(heard, (namespace) => eventsOf(namespace)[0])
    t.equal(seen, readFileSync(new URL('pagerduty-events.txt', import.meta.url), 'utf8'))
    await until(
      () => pagerDuty.beats,
      (beats) => beats.length > 0,
    )
    t.match(pagerDuty.beats[0], /CloudflareLogpushWatchdog/)
  })

  const job = (
    id: string,
    alertname: string,
    severity: string,
    more: Record<string, string> = {},
  ): SentAlert => ({
    labels: {
      alertname,
      severity,
      service: 'cloudflare-logpush',
      component: 'job',
      account: 'Example',
      zone: 'quay.example',
      job_id: id,
      job_name: `job-${id}`,
      dataset: 'http_requests',
      destination: `s3://quay-logs/${id}`,
      destination_root: 's3://quay-logs',
      ...more,
    },
    annotations: {
      summary: `Summary of ${alertname}.`,
      description: `Description of ${alertname}.`,
      runbook_url: `https://example.com/${alertname}.md`,
      dashboard_url: 'https://example.com/d',
    },
  })
  /** States once every alert of the namespace has been through the pipeline. */
  const settled = (namespace: string, count: number) =>
    until(
      () => stateOf(namespace),
      (all) => all.length === count && all.every((state) => !state.endsWith('unprocessed')),
    )

  await t.test('opens one incident for a job, adds to it, and closes it', async (t) => {
    const namespace = 'one-job'
    const stalled = job('101', 'CloudflareLogpushJobStalled', 'critical', { namespace })
    const neighbour = job('102', 'CloudflareLogpushJobFailing', 'warning', { namespace })
    await alertmanager.send([stalled, neighbour])
    t.same(await settled(namespace, 2), [
      'CloudflareLogpushJobFailing 102 active',
      'CloudflareLogpushJobStalled 101 active',
    ])
    const first = await until(
      () => eventsOf(namespace),
      (events) => events.length >= 2,
    )
    t.same(first.map(({ payload }) => payload?.summary).sort(), [
      'job-101 (http_requests, zone quay.example): Summary of CloudflareLogpushJobStalled.',
      'job-102 (http_requests, zone quay.example): Summary of CloudflareLogpushJobFailing.',
    ])
    const page = first.find(({ payload }) => payload?.severity === 'critical')
    // More trouble of the same job joins the incident, also when its zone has another name meanwhile.
    const burning = job('101', 'CloudflareLogpushErrorBudgetBurn', 'critical', {
      namespace,
      zone: 'renamed.example',
    })
    await alertmanager.send([burning])
    const [, , more] = await until(
      () => eventsOf(namespace),
      (events) => events.length >= 3,
    )
    t.equal(more?.dedup_key, page?.dedup_key)
    t.match(more?.payload?.summary, /^job-101 \(http_requests, zone /)
    t.match(more?.payload?.custom_details.alerts, /ErrorBudgetBurn/)
    t.match(more?.payload?.custom_details.alerts, /JobStalled/)
    // What has ended is in no title.
    await alertmanager.send([{ ...stalled, ended: true }])
    const [, , , less] = await until(
      () => eventsOf(namespace),
      (events) => events.length >= 4,
    )
    t.match(less?.payload?.summary, /: Summary of CloudflareLogpushErrorBudgetBurn\.$/)
    await alertmanager.send([burning, stalled].map((alert) => ({ ...alert, ended: true })))
    await until(
      () => pagerDuty.events,
      (events) =>
        events.some(
          ({ event_action, dedup_key }) => event_action === 'resolve' && dedup_key === page?.dedup_key,
        ),
    )
  })
})
