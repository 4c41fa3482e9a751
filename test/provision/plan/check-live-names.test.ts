import t from 'tap'
import { checkLiveNames } from '../../../src/provision/plan/check-live-names.ts'
import { actualWebhook } from '../../../src/provision/resource/live-resource.ts'
import type { ActualState, Desired, UnreadableObject } from '../../../src/provision/resource/resource.ts'
import { account, accountId, aJob, aPolicy, aWebhook, wanting } from '../../support/provision-values.ts'

/* What a policy names and nobody has. */

const lab = { kind: 'account', id: 'f'.repeat(32), name: 'Lab' } as const
const live = (name: string, scope: typeof account | typeof lab = account) =>
  actualWebhook(scope, {
    id: name,
    name,
    url: aWebhook().resource.url,
    type: 'generic',
    createdAt: null,
    lastSuccess: null,
    lastFailure: null,
  })
const services = (...names: readonly string[]) =>
  new Map([[accountId, names.map((name, index) => ({ id: String(index), name }))]])

function said(desired: readonly Desired[], actual: Partial<ActualState> = {}): readonly string[] {
  const found = { resources: [], unreadable: [], pagerduty: new Map(), ...actual }
  return checkLiveNames(wanting(desired), found).map(({ message }) => message.replace(/^policy \S+: /, ''))
}

const hooked = (...webhooks: readonly string[]) => aPolicy({ webhooks })
const paged = (...pagerduty: readonly string[]) => aPolicy({ webhooks: [], pagerduty })

t.test('a webhook is there when it is wanted, live, or cannot be read', async (t) => {
  t.same(said([hooked('chat'), aWebhook('chat')]), [])
  t.same(said([hooked('chat')], { resources: [live('chat')] }), [])
  const odd = { kind: 'webhook', scope: account, id: 'x', field: 'url', leftOut: true } as const
  const unreadable = (name: string | null): readonly UnreadableObject[] => [{ ...odd, name }]
  t.same(said([hooked('chat')], { unreadable: unreadable('chat') }), [])
  t.same(said([hooked('chat')], { unreadable: unreadable('other') }), [
    'the account has no webhook called "chat"',
  ])
})

t.test('one of another account is none, and neither is a job of that name', async (t) => {
  t.same(said([hooked('chat'), aJob({ name: 'chat' })], { resources: [live('chat', lab)] }), [
    'the account has no webhook called "chat"',
  ])
})

t.test('the hint is the name that is near, else the names there are, each once and in order', async (t) => {
  const resources = ['pager', 'mail', 'mail'].map((name) => live(name))
  t.same(said([hooked('chat')], { resources }), [
    'the account has no webhook called "chat"; there are "mail", "pager"',
  ])
  t.same(said([hooked('pagre')], { resources }), [
    'the account has no webhook called "pagre"; did you mean "pager"?',
  ])
})

t.test('a service is connected once; a name that is left unread can be any', async (t) => {
  t.same(said([paged('SRE')], { pagerduty: services('SRE', 'Lab') }), [])
  t.same(said([paged('SRE')], { pagerduty: services('SRE', 'SRE') }), [
    '2 connected PagerDuty services are called "SRE"',
  ])
  t.same(said([paged('SRE')], { pagerduty: services('Night shift') }), [
    'the account has no connected PagerDuty service called "SRE"; there are "Night shift"',
  ])
  t.same(said([paged('SRE')]), ['the account has no connected PagerDuty service called "SRE"'])
  t.same(said([paged('${' + 'env:SERVICE}')]), [])
})
