import t from 'tap'
import type { Scope } from '../../../src/domain/scope.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { assumeLive, unreadReferences } from '../../../src/provision/plan/unread-references.ts'
import { actualJob, actualWebhook } from '../../../src/provision/resource/live-resource.ts'
import type { Actual, Desired, PolicyResource } from '../../../src/provision/resource/resource.ts'
import { emptyJob } from '../../support/fake-jobs.ts'
import { manifestOf } from '../../support/manifest-files.ts'
import { account, aJob, aPolicy, aWebhook, wanting, zone } from '../../support/provision-values.ts'

const env = (name: string) => `\${env:${name}}`

const liveJob = (destinationConf: string, scope: Scope = account): Actual =>
  actualJob(scope, {
    ...emptyJob,
    id: '7',
    name: aJob().resource.name,
    dataset: aJob().resource.dataset,
    destinationConf: new Secret(destinationConf),
  })

const livePolicy = (fields: Partial<PolicyResource>): Actual => ({
  kind: 'policy',
  id: 'p1',
  live: {
    id: 'p1',
    name: aPolicy().resource.name,
    description: '',
    enabled: true,
    alertType: aPolicy().resource.alertType,
    mechanisms: { email: [], webhooks: [], pagerduty: [] },
    filters: null,
    alertInterval: null,
    createdAt: null,
  },
  resource: aPolicy(fields).resource,
})

/** What is assumed of one wanted object beside a live one. */
function assumed(wanted: Desired, ...live: readonly Actual[]): Desired['resource'] | undefined {
  return assumeLive(wanting([wanted]), { resources: live, unreadable: [], pagerduty: new Map() }).resources[0]
    ?.resource
}

function destinationOver(wanted: string, live: string): string | undefined {
  const found = assumed(aJob({ destinationConf: new Secret(wanted) }), liveJob(live))
  return found?.kind === 'job' ? found.destinationConf.reveal() : undefined
}

t.test('the references of a manifest are named once, but for those of accounts and zones', async (t) => {
  const manifest = manifestOf(`version: 1
account: { id: "${env('ACCOUNT')}" }
jobs:
  - { name: "a-\${dataset}", zone: "${env('ZONE')}", dataset: dns_logs, destination: { gcs: { bucket: "${env('B')}-${env('A')}" } } }
  - { name: b, zones: ["${env('ZONES')}"], dataset: dns_logs, destination: { gcs: { bucket: "${env('B')}" } } }
notifications:
  policies:
    - { name: p, alert: http_alert_origin_error, email: ["${env('MAIL')}"], filters: { zones: ["${env('ZONE')}"], slo: ["${env('SLO')}"] } }
`)
  t.same(unreadReferences(manifest), [env('A'), env('B'), env('MAIL'), env('SLO')])
})

t.test('a destination takes what is live field by field, where a reference can stand for it', async (t) => {
  const live = 'gs://quay-logs/http/{DATE}'
  t.equal(destinationOver(`gs://${env('B')}/http/{DATE}`, live), live)
  t.equal(destinationOver(`gs://${env('B')}/dns/{DATE}`, live), 'gs://quay-logs/dns/{DATE}')
  t.equal(destinationOver(`gs://bay-${env('B')}/http/{DATE}`, live), `gs://bay-${env('B')}/http/{DATE}`)
  t.equal(destinationOver('gs://bay/http/{DATE}', live), 'gs://bay/http/{DATE}', 'nothing is unread')
  t.equal(
    destinationOver(`gs://${env('B')}/http/{DATE}`, 's3://b/http?region=r'),
    `gs://${env('B')}/http/{DATE}`,
  )
  t.equal(destinationOver(`x${env('B')}`, `x://b`), 'x://b', 'a text that is not understood is one field')
})

t.test('a header takes what is live, and a header that is not live stays', async (t) => {
  const http = (headers: string) => `https://logs.example.com/in?${headers}`
  t.equal(
    destinationOver(http(`header_A=${env('A')}&header_B=${env('B')}`), http('header_A=one')),
    http(`header_A=one&header_B=${encodeURIComponent(env('B'))}`),
  )
})

t.test('a webhook takes the live address, and its secret is neither the same nor different', async (t) => {
  const wanted = aWebhook('sre-exporter', {
    resource: { ...aWebhook().resource, url: new Secret(`https://hooks.example.com/${env('PATH_PART')}`) },
  })
  const live = actualWebhook(account, {
    id: 'w1',
    name: 'sre-exporter',
    url: new Secret('https://hooks.example.com/abc'),
    type: 'generic',
    createdAt: null,
    lastSuccess: null,
    lastFailure: null,
  })
  const state = { resources: [live], unreadable: [], pagerduty: new Map() }
  const [found] = assumeLive(wanting([wanted]), state).resources
  t.ok(found?.kind === 'webhook' && found.secret === null)
  t.ok(found?.kind === 'webhook' && found.resource.url.reveal() === 'https://hooks.example.com/abc')
})

t.test('each name of a policy takes a live one that nothing else stands for', async (t) => {
  const policy = (email: readonly string[], slo: readonly string[]) => aPolicy({ email, filters: { slo } })
  t.match(
    assumed(
      policy(['sre@example.com', env('A'), `${env('B')}@b.example`, env('C')], [env('SLO')]),
      livePolicy({
        email: ['x@b.example', 'sre@example.com', 'y@c.example'],
        filters: { slo: ['99.7'] },
      }),
    ),
    {
      email: ['sre@example.com', 'x@b.example', `${env('B')}@b.example`, 'y@c.example'],
      filters: { slo: ['99.7'] },
    },
  )
  t.match(
    assumed(policy([], [env('SLO')]), livePolicy({ email: [] })),
    { filters: { slo: [env('SLO')] } },
    'the live one has no filters',
  )
})

t.test('what is not live stays as it is written', async (t) => {
  const wanted = aJob({ destinationConf: new Secret(`gs://${env('B')}/x`) })
  t.equal(assumed(wanted), wanted.resource)
  t.equal(assumed(wanted, liveJob('gs://b/x', zone)), wanted.resource)
})
