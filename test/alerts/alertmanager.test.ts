import { join } from 'node:path'
import t from 'tap'
import { alertsFolder, allAlerts, readAlertmanager } from '../../.build/generated/alert-files.ts'
import { type SentAlert, startAlertmanager } from '../support/alertmanager-process.ts'
import { startFakePagerDuty } from '../support/fake-pagerduty.ts'
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

t.test('inhibit rules name alerts and labels that exist', async (t) => {
  const rules = allAlerts()
  const known = new Set(rules.map(({ alert }) => alert))
  for (const { source_matchers, target_matchers } of readAlertmanager().inhibit_rules) {
    for (const matcher of [...source_matchers, ...target_matchers]) {
      for (const name of matcher.match(/CloudflareLogpush\w+/g) ?? []) t.ok(known.has(name), name)
    }
  }
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
  /** A critical alert that is not about one job. */
  const other = (alertname: string, labels: Readonly<Record<string, string>>): SentAlert => ({
    labels: { alertname, severity: 'critical', service: 'cloudflare-logpush', ...labels },
    annotations: job('', alertname, '').annotations,
  })

  /** States once every alert of the namespace has been through the pipeline. */
  const settled = (namespace: string, count: number) =>
    until(
      () => stateOf(namespace),
      (all) => all.length === count && all.every((state) => !state.endsWith('unprocessed')),
    )

  await t.test('opens one incident for a job, adds to it, and closes it', async (t) => {
    const namespace = 'one-job'
    const failing = job('101', 'CloudflareLogpushJobFailing', 'warning', { namespace })
    const stalled = job('101', 'CloudflareLogpushJobStalled', 'critical', { namespace })
    const neighbour = job('102', 'CloudflareLogpushJobFailing', 'warning', { namespace })
    await alertmanager.send([stalled])
    await settled(namespace, 1)
    await alertmanager.send([failing, neighbour])
    t.same(await settled(namespace, 3), [
      'CloudflareLogpushJobFailing 101 suppressed',
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
    // More trouble of the same job joins the incident; its name may have changed meanwhile.
    const burning = job('101', 'CloudflareLogpushErrorBudgetBurn', 'critical', {
      namespace,
      job_name: 'renamed',
    })
    await alertmanager.send([burning])
    const [, , more] = await until(
      () => eventsOf(namespace),
      (events) => events.length >= 3,
    )
    t.equal(more?.dedup_key, page?.dedup_key)
    t.match(more?.payload?.summary, /^Job 101 \(http_requests, zone quay\.example\): /)
    t.match(more?.payload?.custom_details.alerts, /ErrorBudgetBurn/)
    t.match(more?.payload?.custom_details.alerts, /JobStalled/)
    await alertmanager.send([failing, stalled, burning].map((alert) => ({ ...alert, ended: true })))
    await until(
      () => pagerDuty.events,
      (events) =>
        events.some(
          ({ event_action, dedup_key }) => event_action === 'resolve' && dedup_key === page?.dedup_key,
        ),
    )
  })

  await t.test('pages once for a destination on which twenty jobs fail', async (t) => {
    const namespace = 'one-destination'
    const ids = Array.from({ length: 20 }, (_, index) => String(200 + index))
    const root = 's3://quay-logs'
    await alertmanager.send([
      other('CloudflareLogpushDestinationOutage', {
        component: 'destination',
        namespace,
        destination_root: root,
      }),
    ])
    await settled(namespace, 1)
    await alertmanager.send([
      ...ids.map((id) => job(id, 'CloudflareLogpushJobStalled', 'critical', { namespace })),
      ...ids.map((id) => job(id, 'CloudflareLogpushJobFailing', 'warning', { namespace })),
      job('300', 'CloudflareLogpushJobStalled', 'critical', { namespace, destination_root: 's3://another' }),
    ])
    const states = await settled(namespace, 42)
    t.equal(states.filter((state) => state.endsWith('suppressed')).length, 40)
    const events = await until(
      () => eventsOf(namespace),
      (all) => all.length >= 2,
    )
    t.same(events.map(({ payload }) => payload?.summary).sort(), [
      'job-300 (http_requests, zone quay.example): Summary of CloudflareLogpushJobStalled.',
      's3://quay-logs: Summary of CloudflareLogpushDestinationOutage.',
    ])
  })

  await t.test('keeps to what an exporter that sees nothing can still know', async (t) => {
    const activeBeside = async (
      namespace: string,
      exporter: SentAlert | null,
    ): Promise<readonly string[]> => {
      const before = exporter === null ? [] : [exporter]
      await alertmanager.send(before)
      await settled(namespace, before.length)
      await alertmanager.send([
        job('101', 'CloudflareLogpushJobStalled', 'critical', { namespace }),
        job('102', 'CloudflareLogpushJobDisabled', 'critical', { namespace }),
        job('103', 'CloudflareLogpushBatchesLost', 'warning', { namespace }),
      ])
      const states = await settled(namespace, before.length + 3)
      return states.filter((state) => state.endsWith(' active'))
    }
    const exporter = (alertname: string, namespace: string, more: Record<string, string> = {}) =>
      other(alertname, { component: 'exporter', namespace, ...more })
    const blind = (namespace: string, source: string) =>
      exporter('CloudflareLogpushExporterBlind', namespace, { source })
    t.same(await activeBeside('blind', blind('blind', 'inventory')), [
      'CloudflareLogpushBatchesLost 103 active',
      'CloudflareLogpushExporterBlind active',
      'CloudflareLogpushJobDisabled 102 active',
    ])
    t.equal((await activeBeside('half-blind', blind('half-blind', 'health'))).length, 4)
    t.same(await activeBeside('down', exporter('CloudflareLogpushExporterDown', 'down')), [
      'CloudflareLogpushExporterDown active',
    ])
    t.equal((await activeBeside('bystander', null)).length, 3)
  })
})
