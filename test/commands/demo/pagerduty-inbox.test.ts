import t from 'tap'
import { type Incident, readEvent, takeEvent } from '../../../src/commands/demo/inbox-incident.ts'
import { inboxPage } from '../../../src/commands/demo/inbox-page.ts'
import { startInbox } from '../../../src/commands/demo/pagerduty-inbox.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

function event(action: string, key = 'k', edit: object = {}): object {
  return {
    routing_key: 'key',
    event_action: action,
    dedup_key: key,
    payload: {
      summary: `trouble ${key}`,
      source: 'Alertmanager',
      severity: 'critical',
      class: 'CloudflareLogpushJobStalled',
      component: 'job',
      group: 'quay.example',
      custom_details: { firing: 'One thing.\nAnother.\n', empty: ' ' },
      ...edit,
    },
    links: [{ href: 'https://example.com/runbook', text: 'Runbook' }],
  }
}

function after(...bodies: readonly object[]): readonly Incident[] {
  let now = 1_000
  return bodies.reduce<readonly Incident[]>((incidents, body) => {
    const read = readEvent(body)
    if (read === null) throw new Error('not an event')
    now += 1_000
    return takeEvent(incidents, read, now)
  }, [])
}

t.test('events with one key are one incident until it is resolved', async (t) => {
  t.match(after(event('trigger')), [{ key: 'k', openedAt: 2_000, resolvedAt: null }])
  t.match(after(event('trigger'), event('trigger', 'k', { summary: 'worse' })), [
    { openedAt: 2_000, event: { payload: { summary: 'worse' } } },
  ])
  t.match(after(event('trigger'), event('resolve')), [{ openedAt: 2_000, resolvedAt: 3_000 }])
  const again = after(event('trigger'), event('resolve'), event('trigger'))
  t.match(again, [{ openedAt: 4_000, resolvedAt: null }, { resolvedAt: 3_000 }], 'the newest first')
  t.equal(again.length, 2)
  t.same(after(event('resolve')), [], 'what was never open')
  t.equal(after(event('trigger', 'a'), event('trigger', 'b'), event('resolve', 'a')).length, 2)
  for (const wrong of [null, [], {}, { ...event('trigger'), event_action: 'shout' }])
    t.equal(readEvent(wrong), null)
})

t.test('the page shows what is open first, and lets nothing of it run', async (t) => {
  const hostile = '<script>alert(1)</script>'
  const incidents = after(event('trigger', 'old'), event('resolve', 'old'), {
    ...event('trigger', 'bad', { summary: hostile, class: hostile }),
    links: [{ href: 'javascript:1', text: 'x' }],
  })
  const html = inboxPage(incidents, [{ text: 'Prometheus', href: 'http://127.0.0.1:1/' }], 70_000)
  t.match(html, /<h1>1 open incident<\/h1>/)
  t.match(html, /http-equiv="refresh"/)
  t.match(html, /<a href="http:\/\/127\.0\.0\.1:1\/">Prometheus<\/a>/)
  t.notMatch(html, /<script|javascript:/)
  t.ok(html.indexOf('&lt;script&gt;') < html.indexOf('trouble old'))
  t.match(html, /<p>One thing\.<\/p><p>Another\.<\/p>/)
  t.match(html, /open for <time[^>]*>1 min<\/time>/)
  t.match(inboxPage([], [], 0), /<h1>No open incidents<\/h1>/)
  t.match(inboxPage([], [], 0), 'None yet.')
  t.notMatch(inboxPage(after(event('trigger'), event('resolve')), [], 70_000), 'None yet.')
})

t.test('it answers as PagerDuty does', async (t) => {
  const inbox = await startInbox(createSteppedClock())
  t.teardown(() => inbox.close())
  t.match(inbox.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  const post = (path: string, body: unknown) =>
    fetch(`${inbox.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const taken = await post('/v2/enqueue', event('trigger'))
  t.equal(taken.status, 202)
  t.same(await taken.json(), { status: 'success', message: 'Event processed', dedup_key: 'k' })
  const refused = await post('/v2/enqueue', { event_action: 'trigger' })
  t.equal(refused.status, 400)
  t.same(await refused.json(), { status: 'invalid event', message: 'Event object is invalid' })
  t.equal((await post('/heartbeat', {})).status, 202)
  t.equal(inbox.incidents().length, 1)
  const page = await fetch(`${inbox.url}/`)
  t.match(page.headers.get('content-security-policy'), /default-src 'none'/)
  t.match(await page.text(), /trouble k/)
})
