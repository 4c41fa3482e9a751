/* Targets: what Cloudflare's APIs answer, as the clients read it. */
import { ok } from 'node:assert/strict'
import { readHints } from '../../src/cloudflare/answer-headers.ts'
import { createHealthClient } from '../../src/cloudflare/health/health-client.ts'
import { createRestClient, type RestClient } from '../../src/cloudflare/rest/rest-client.ts'
import { summarise } from '../../src/domain/job/job-summary.ts'
import { Secret } from '../../src/domain/secret.ts'
import { minuteOf } from '../../src/domain/time.ts'
import { account, clientDeps, options, zone } from './cloudflare-clients.ts'
import type { FuzzTarget } from './fuzz.ts'
import { settled, target } from './fuzz-target.ts'

/** Deps of a client whose every request is answered with the text. */
function answered(text: string, status = 200) {
  const headers = { 'content-type': 'application/json', date: 'Tue, 24 Nov 2026 03:00:00 GMT' }
  const fetch = async () => new Response(text, { status, headers })
  return clientDeps('http://127.0.0.1:1/client/v4', { fetch })
}

/** As the answer to a call, and as its refusal. */
function answer(name: string, call: (client: RestClient) => Promise<unknown>): FuzzTarget {
  return target(`answer: ${name}`, async (text) => {
    for (const status of [200, 403]) await settled(call(createRestClient(answered(text, status))))
  })
}

const page = { page: 1 }
const [zoneB, zoneC] = [zone('b'), zone('c')]
const from = minuteOf(Date.UTC(2026, 10, 24, 3))
const hour = 3_600_000
const conf = new Secret('s3://quay-logs/http?region=us-east-1&access-key-id=AKID&secret-access-key=abc%2Fdef')

export const answerTargets: readonly FuzzTarget[] = [
  answer('jobs', async (client) => {
    for (const job of (await client.listJobs(account, options)).items) summarise(job)
  }),
  answer('a job', async (client) => summarise(await client.updateJob(account, '1', {}, options))),
  answer('a deleted job', (client) => client.deleteJob(account, '1', options)),
  answer('zones', (client) => client.listZones(page, options)),
  answer('accounts', (client) => client.listAccounts(1, options)),
  answer('token', (client) => client.verifyToken(null, options)),
  answer('policies', (client) => client.listPolicies(account.id, options)),
  answer('webhooks', (client) => client.listWebhooks(account.id, options)),
  answer('dataset fields', (client) => client.datasetFields(account, 'http_requests', options)),
  answer('transformers', (client) => client.listTransformers(account.id, options)),
  answer('a destination', (client) => client.validateDestination(account, conf, options)),
  answer('a challenge', (client) => client.requestChallenge(account, conf, options)),
  answer('a proof', (client) => client.validateChallenge(account, conf, new Secret('a.b.c'), options)),
  answer('sent notifications', (client) => client.listHistory(account.id, { page: 1, since: 0 }, options)),
  answer('audit log', async (client) => {
    const query = { since: from * 60_000 - hour, before: from * 60_000, cursor: 'a' }
    const { items, cursor } = await client.listAuditLog(account.id, query, options)
    ok(cursor !== 'a' && cursor !== '', 'it goes on')
    for (const { jobId, at } of items) ok(/^\d+$/.test(jobId) && Number.isFinite(at), jobId)
  }),
  answer('eligible mechanisms', (client) => client.listEligibleMechanisms(account.id, options)),
  answer('alert types', (client) => client.listAvailableAlerts(account.id, options)),
  answer('PagerDuty services', (client) => client.listPagerDuty(account.id, options)),
  answer('a PagerDuty token', (client) => client.connectPagerDuty(account.id, options)),
  target('answer: health rows', async (text) => {
    const query = { scopes: [zoneB, zoneC], from, to: from + 15, limit: 1_000, fields: 'all' as const }
    for (const status of [200, 400])
      await settled(createHealthClient(answered(text, status)).readHealth(query, options))
  }),
  target('answer: health limits', async (text) => {
    await settled(createHealthClient(answered(text)).readLimits([zoneB], options))
  }),
  target('answer: headers', (text) => {
    const value = text.replace(/[^\t\x20-\x7e]/g, '').slice(0, 8_000)
    const names = ['date', 'retry-after', 'ratelimit', 'ratelimit-policy']
    const headers = new Headers(names.map((name): [string, string] => [name, value]))
    const { retryAfterMs } = readHints(headers, Date.UTC(2026, 10, 24))
    ok(retryAfterMs === null || retryAfterMs >= 0)
  }),
]
