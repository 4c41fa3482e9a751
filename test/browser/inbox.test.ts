import t from 'tap'
import { startInbox } from '../../src/commands/demo/pagerduty-inbox.ts'
import { noBrowser, openBrowser } from '../support/browser.ts'
import { createSteppedClock } from '../support/stepped-clock.ts'

t.setTimeout(300_000)

/* The demo's inbox in a real browser, with the longest texts that alerts carry. */

const missing = noBrowser()

t.test('the inbox fits a phone, whatever stands in an incident', { skip: missing ?? false }, async (t) => {
  const clock = createSteppedClock()
  const inbox = await startInbox(clock)
  t.teardown(() => inbox.close())
  inbox.link([
    { text: 'Alertmanager', href: 'http://127.0.0.1:9093/' },
    { text: 'Prometheus', href: 'http://127.0.0.1:9090/' },
    { text: 'Status page', href: 'http://127.0.0.1:10199/' },
  ])
  const address = `splunk://splunk.quay.example:8088/services/collector/raw?channel=***&sourcetype=${'x'.repeat(120)}`
  const incident = (key: string, action: string): object => ({
    routing_key: 'key',
    event_action: action,
    dedup_key: key,
    payload: {
      summary: `quay-http-splunk (http_requests, zone quay.example): cannot deliver to ${address}.`,
      severity: 'critical',
      class: 'CloudflareLogpushExporterConfigReloadFailed',
      component: address,
      group: 'quay.example',
      custom_details: {
        firing: `The last push failed: Post "${address}": context deadline exceeded\n`,
        alerts: 'CloudflareLogpushJobWillBeDisabled CloudflareLogpushJobStalled ',
      },
    },
    links: [
      { href: 'http://127.0.0.1:10199/runbooks/CloudflareLogpushJobStalled', text: 'Runbook' },
      { href: 'http://127.0.0.1:10199/jobs/410001', text: 'Dashboard' },
    ],
  })
  for (const [key, action] of [
    ['open', 'trigger'],
    ['over', 'trigger'],
    ['over', 'resolve'],
  ] as const)
    await fetch(`${inbox.url}/v2/enqueue`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(incident(key, action)),
    })
  for (const width of [320, 390, 1280]) {
    const { context, close } = await openBrowser({ width, height: 844 })
    t.teardown(close)
    const page = context.pages()[0] ?? (await context.newPage())
    await page.goto(`${inbox.url}/`)
    t.match(await page.getByRole('heading', { level: 1 }).textContent(), '1 open incident')
    for (const fields of await page.getByText('All fields').all()) await fields.click()
    t.equal(await page.evaluate('document.documentElement.scrollWidth'), width, `${width} px`)
  }
})
