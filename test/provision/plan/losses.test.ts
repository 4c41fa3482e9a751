import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import type { Change } from '../../../src/provision/plan/change.ts'
import { lossesOf } from '../../../src/provision/plan/losses.ts'
import { actualJob, actualPolicy, actualWebhook } from '../../../src/provision/resource/live-resource.ts'
import { emptyJob } from '../../support/fake-jobs.ts'
import { account, aJob } from '../../support/provision-values.ts'

/* What is gone with an object. */

const destinationConf = new Secret('s3://logs/x?region=us-east-1&access-key-id=canary')

function policy(mechanisms: { email?: string[]; webhooks?: string[]; pagerduty?: string[] }): Change {
  const live = {
    id: 'p',
    name: 'p',
    description: '',
    enabled: true,
    alertType: 'an_alert',
    mechanisms: { email: [], webhooks: [], pagerduty: [], ...mechanisms },
    filters: null,
    alertInterval: null,
    createdAt: null,
  }
  const names = { webhooks: new Map([['w', 'chat']]), pagerduty: new Map([['s', 'SRE']]) }
  return { change: 'delete', kind: 'policy', fields: [], actual: actualPolicy(account, live, names) }
}

t.test('of a job: where it delivers, and when it last did', async (t) => {
  const of = (lastComplete: number | null) =>
    lossesOf({
      change: 'delete',
      kind: 'job',
      fields: [],
      actual: actualJob(account, { ...emptyJob, id: '1', destinationConf, lastComplete }),
    })
  t.same(of(Date.UTC(2026, 10, 24)), [
    ['dataset', 'http_requests'],
    ['destination', 's3://logs/x?region=us-east-1&access-key-id=***'],
    ['enabled', 'false'],
    ['last delivery', '2026-11-24T00:00:00.000Z'],
  ])
  t.same(of(null).at(-1), ['last delivery', 'never'])
})

t.test('of a webhook its address, without what may be secret', async (t) => {
  const url = new Secret('https://chat.example.com/canary')
  const times = { createdAt: null, lastSuccess: null, lastFailure: null }
  const actual = actualWebhook(account, { id: 'w', name: 'w', url, type: 'generic', ...times })
  t.same(lossesOf({ change: 'delete', kind: 'webhook', fields: [], actual }), [
    ['url', 'https://chat.example.com/***'],
  ])
})

t.test('of a policy whom it tells', async (t) => {
  t.same(lossesOf(policy({ email: ['a@b.example'], webhooks: ['w'], pagerduty: ['s'] })), [
    ['alert', 'an_alert'],
    ['notifies', 'a@b.example, chat, SRE'],
  ])
  t.same(lossesOf(policy({})).at(-1), ['notifies', 'nobody'])
})

t.test('nothing is lost with any other change', async (t) => {
  t.same(lossesOf({ change: 'create', kind: 'job', fields: [], desired: aJob() }), [])
})
