import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import {
  isShortened,
  newPolicyFields,
  newWebhookFields,
  webhookDiff,
} from '../../../src/provision/plan/compare-notification.ts'
import { actualWebhook } from '../../../src/provision/resource/live-resource.ts'
import { webhookRecord } from '../../../src/provision/resource/webhook-record.ts'
import { account, aPolicy, aWebhook } from '../../support/provision-values.ts'

/* Webhooks and policies compared field by field. */

const live = (url: string, type = 'generic', name = 'sre-exporter') =>
  actualWebhook(account, {
    id: 'w',
    name,
    url: new Secret(url),
    type,
    createdAt: null,
    lastSuccess: null,
    lastFailure: null,
  })
const wanted = (url: string, secret: Secret | null = null) => {
  const { resource } = aWebhook()
  return aWebhook('sre-exporter', { secret, resource: { ...resource, url: new Secret(url) } })
}
const recordOf = ({ resource: { url }, secret }: ReturnType<typeof wanted>) =>
  webhookRecord({ url, secret }, 'salt')
const nothing = { record: null, rotate: false }
const slack = 'https://hooks.slack.com/services/'

t.test('chat services give back the start of an address, up to where a part of it ends', async (t) => {
  for (const [whole, start, type, expected] of [
    [`${slack}T/B/canary`, slack, 'slack', true],
    [`${slack}T/B/canary`, `${slack}T`, 'slack', true],
    [`${slack}TT/B/canary`, `${slack}T`, 'slack', false],
    [`${slack}T?a=canary`, `${slack}T`, 'slack', true],
    [`${slack}T?a=1&b=canary`, `${slack}T?a=1`, 'gchat', true],
    [`${slack}T#canary`, `${slack}T`, 'discord', true],
    [`${slack}T/B`, `${slack}T/B`, 'slack', false],
    [slack, `${slack}T`, 'slack', false],
    ['https://other.example.com/x', slack, 'slack', false],
    [`${slack}T/B/canary`, slack, 'generic', false],
    [`${slack}T/B/canary`, slack, 'feishu', true],
  ] as const)
    t.equal(isShortened(new Secret(whole), live(start, type)), expected, `${whole} from ${start}, ${type}`)
})

t.test('an address that is only shortened is no difference, unless the record says so', async (t) => {
  const full = wanted(`${slack}T/B/canary`)
  const there = live(slack, 'slack')
  t.same(webhookDiff(full, there, nothing), [])
  const same = recordOf(full)
  t.same(webhookDiff(full, there, { ...nothing, record: same }), [])
  const other = recordOf(wanted(`${slack}T/B/other`))
  t.same(webhookDiff(full, there, { ...nothing, record: other }), [
    { path: 'url', from: '(secret)', to: '(secret changed)' },
  ])
})

t.test('name, address and secret differ each by itself', async (t) => {
  const url = 'https://exporter.example.com/a'
  const secret = new Secret('canary')
  t.same(webhookDiff(wanted(url, secret), live(url), nothing), [], 'of a secret nothing is known')
  t.same(webhookDiff(wanted(url), live(url, 'generic', 'by-hand'), nothing), [
    { path: 'name', from: 'by-hand', to: 'sre-exporter' },
  ])
  t.same(webhookDiff(wanted(url), live('https://exporter.example.com/b'), nothing), [
    { path: 'url', from: '(secret)', to: '(secret changed)' },
  ])
  t.same(webhookDiff(wanted(url), live('https://old.example.com/a'), nothing), [
    { path: 'url', from: 'https://old.example.com/***', to: 'https://exporter.example.com/***' },
  ])
  const changed = [{ path: 'secret', from: '(secret)', to: '(secret changed)' }]
  t.same(webhookDiff(wanted(url, secret), live(url), { ...nothing, rotate: true }), changed)
  const record = recordOf(wanted(url, new Secret('old')))
  t.same(webhookDiff(wanted(url, secret), live(url), { ...nothing, record }), changed)
  t.same(webhookDiff(wanted(url, new Secret('old')), live(url), { ...nothing, record }), [])
})

t.test('a new object is told by what it has', async (t) => {
  const { resource } = aWebhook()
  const url = { path: 'url', from: null, to: 'https://exporter.example.com/***' }
  t.same(newWebhookFields(resource, null), [url])
  t.same(newWebhookFields(resource, new Secret('canary')), [
    url,
    { path: 'secret', from: null, to: '(secret)' },
  ])
  const names = (fields: Parameters<typeof aPolicy>[0]) =>
    newPolicyFields(aPolicy(fields).resource).map(({ path, to }) => `${path} ${JSON.stringify(to)}`)
  t.same(names({ enabled: false, email: [], webhooks: [] }), [
    'alert "failing_logpush_job_disabled_alert"',
    'enabled false',
  ])
  t.same(
    names({ description: '', filters: { zones: ['b', 'a'] }, email: ['b', 'a', 'b'], pagerduty: ['p'] }),
    [
      'alert "failing_logpush_job_disabled_alert"',
      'enabled true',
      'description ""',
      'filters.zones ["a","b"]',
      'email ["a","b"]',
      'webhooks ["sre-exporter"]',
      'pagerduty ["p"]',
    ],
  )
})
