import t from 'tap'
import {
  type Incident,
  type PagerDutyEvent,
  readEvent,
  takeEvent,
} from '../../../src/commands/demo/inbox-incident.ts'
import { inboxPage } from '../../../src/commands/demo/inbox-page.ts'

/* What the inbox shows of its incidents, and what it makes of events that are not whole. */

const minute = 60_000
const now = 100 * minute

function incident(
  edit: Partial<Incident> = {},
  payload: Partial<Incident['event']['payload']> = {},
): Incident {
  return {
    key: 'k',
    openedAt: now - 10 * minute,
    resolvedAt: null,
    event: {
      event_action: 'trigger',
      dedup_key: 'k',
      links: [],
      payload: {
        summary: 'http: cannot deliver',
        severity: 'critical',
        class: 'JobStalled',
        component: 'http',
        group: 'quay.example',
        custom_details: {},
        ...payload,
      },
    },
    ...edit,
  }
}

/** The part of the page under a heading, up to the next one. */
function part(html: string, heading: 'Open' | 'Resolved'): string {
  const [before = '', resolved = ''] = html.split('<h2 id="resolved">Resolved</h2>')
  return heading === 'Resolved' ? resolved : (before.split('<h2 id="open">Open</h2>')[1] ?? '')
}
const card = (one: Incident): string =>
  part(inboxPage([one], [], now), one.resolvedAt === null ? 'Open' : 'Resolved')

t.test('the title counts what is open', async (t) => {
  const open = incident()
  const over = incident({ resolvedAt: now })
  for (const [incidents, title] of [
    [[], 'No open incidents'],
    [[over], 'No open incidents'],
    [[open, over], '1 open incident'],
    [[open, open], '2 open incidents'],
  ] as const) {
    const html = inboxPage(incidents, [], now)
    t.match(html, `<title>${title} – PagerDuty inbox</title>`)
    t.match(html, `<h1>${title}</h1>`)
  }
})

t.test('it refreshes itself, says what it is, and leads to the other parts', async (t) => {
  const html = inboxPage([], [{ text: 'Prometheus', href: 'http://127.0.0.1:1/' }], now)
  t.match(html, '<meta http-equiv="refresh" content="3">')
  t.match(html, 'Refreshes every 3 s.')
  t.match(html, '<a class="brand" href="./">')
  t.match(
    html,
    '<li><a href="./" aria-current="page">PagerDuty inbox</a></li><li><a href="http://127.0.0.1:1/">Prometheus</a></li>',
  )
  t.match(html, "<p>A stand-in for PagerDuty's Events API v2. Nothing leaves this machine.</p>")
})

t.test('what is open and what is resolved stand apart, and each says where there is none', async (t) => {
  const open = incident({}, { summary: 'still open' })
  const over = incident({ resolvedAt: now }, { summary: 'long over' })
  const html = inboxPage([over, open], [], now)
  t.match(part(html, 'Open'), 'still open')
  t.notMatch(part(html, 'Open'), /long over|class="empty"/)
  t.match(part(html, 'Resolved'), 'long over')
  t.notMatch(part(html, 'Resolved'), /still open|class="empty"/)
  const empty = inboxPage([], [], now)
  t.match(part(empty, 'Open'), 'No alert is firing. The first incidents open within a minute of the start.')
  t.match(part(empty, 'Resolved'), 'None yet.')
})

t.test('an incident has its severity, and for how long it has been open or was', async (t) => {
  for (const [severity, badge] of [
    ['critical', 'losing_data'],
    ['error', 'losing_data'],
    ['warning', 'failing'],
    ['info', 'off'],
  ] as const)
    t.match(card(incident({}, { severity })), `<span class="badge ${badge}">${severity}</span>`)
  t.match(
    card(incident()),
    /<b>http: cannot deliver<\/b> <span class="quiet">open for <time[^>]*>10 min<\/time><\/span>/,
  )
  t.match(card(incident()), '<section aria-label="http: cannot deliver">')
  const over = card(incident({ resolvedAt: now - 3 * minute }))
  t.match(over, '<span class="badge ok">resolved</span>')
  t.match(over, /resolved <time[^>]*>3 min ago<\/time> after 7 min</)
})

t.test('fields are shown that say something, and what is firing line by line', async (t) => {
  const details = { firing: 'One.\n\nAnother.\n', alerts: 'JobStalled ', empty: ' ' }
  const full = card(incident({}, { custom_details: details }))
  const fields = (html: string) =>
    [...html.matchAll(/<dt>(.*?)<\/dt><dd>([\s\S]*?)<\/dd>/g)].map(([, name, value]) => [name, value])
  t.strictSame(fields(full), [
    ['class', 'JobStalled'],
    ['component', 'http'],
    ['group', 'quay.example'],
    ['firing', 'One.\n\nAnother.\n'],
    ['alerts', 'JobStalled '],
  ])
  t.match(full, '\n<p>One.</p><p>Another.</p>\n')
  t.strictSame(fields(card(incident({}, { class: '', component: '', group: '' }))), [])
  t.match(card(incident()), '</span></p>\n\n<ul class="actions"></ul>', 'nothing is said to fire')
})

t.test('links are buttons where they lead to the web', async (t) => {
  const { event } = incident()
  const buttons = (...hrefs: readonly string[]) => {
    const links = hrefs.map((href) => ({ href, text: 'Runbook' }))
    const html = card(incident({ event: { ...event, links } }))
    return [...html.matchAll(/<li><a class="button" href="(.*?)">Runbook<\/a><\/li>/g)].map(
      ([, href]) => href,
    )
  }
  t.strictSame(buttons('https://a.example/', 'javascript:1', 'http://127.0.0.1:1/', 'x-https://a.example/'), [
    'https://a.example/',
    'http://127.0.0.1:1/',
  ])
})

t.test('an event is read as far as it can be', async (t) => {
  const payload = { summary: 's', severity: 'info' }
  const event = { event_action: 'trigger', dedup_key: 'k', payload }
  t.strictSame(readEvent({ ...event, links: [{ href: 'https://a.example/' }] }), {
    ...event,
    payload: { ...payload, class: '', component: '', group: '', custom_details: {} },
    links: [{ href: 'https://a.example/', text: '' }],
  })
  t.strictSame(readEvent({ ...event, links: 7, payload: { ...payload, custom_details: { a: 1, b: 'c' } } }), {
    ...event,
    payload: { ...payload, class: '', component: '', group: '', custom_details: { a: '', b: 'c' } },
    links: [],
  })
  for (const action of ['trigger', 'acknowledge', 'resolve'])
    t.match(readEvent({ event_action: action, dedup_key: 'k' }), { event_action: action, links: [] })
  for (const severity of ['critical', 'error', 'warning', 'info'])
    t.match(readEvent({ ...event, payload: { ...payload, severity } }), { payload: { severity } })
  t.equal(readEvent({ ...event, payload: { ...payload, severity: 'loud' } }), null)
})

t.test('what opens nothing changes nothing, and only what is open is resolved', async (t) => {
  const { event } = incident()
  const take = (list: readonly Incident[], edit: Partial<PagerDutyEvent>, at = now) =>
    takeEvent(list, { ...event, ...edit }, at)
  const open = [incident(), incident({ key: 'other' })]
  t.equal(take(open, { event_action: 'acknowledge' }), open)
  t.equal(take(open, { dedup_key: 'new', payload: undefined }), open)
  const resolved = take(open, { event_action: 'resolve' })
  t.strictSame(
    resolved.map(({ key, resolvedAt }) => [key, resolvedAt]),
    [
      ['k', now],
      ['other', null],
    ],
  )
  t.equal(take(resolved, { event_action: 'resolve' }, now + 1), resolved)
})

t.test('two hundred incidents are kept, the newest first', async (t) => {
  const { event } = incident()
  let list: readonly Incident[] = []
  for (let index = 1; index <= 201; index += 1)
    list = takeEvent(list, { ...event, dedup_key: `${index}` }, now)
  t.equal(list.length, 200)
  t.strictSame([list[0]?.key, list.at(-1)?.key], ['201', '2'])
})
