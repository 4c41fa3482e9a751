/* Every parser that reads what comes from outside. Good inputs to begin from are in test/fuzz/seeds.json. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { readHints } from '../../src/cloudflare/answer-headers.ts'
import { createHealthClient } from '../../src/cloudflare/health/health-client.ts'
import { allowedQuery } from '../../src/cloudflare/query-limits.ts'
import { redact } from '../../src/cloudflare/redact.ts'
import { createRestClient, type RestClient } from '../../src/cloudflare/rest/rest-client.ts'
import { timeRangeOf } from '../../src/domain/arrival/file-name.ts'
import { rangeOfKey } from '../../src/domain/arrival/listing-window.ts'
import {
  arrivalFromRecord,
  arrivalToRecord,
  recordsFromRecord,
  recordsToRecord,
} from '../../src/domain/arrival/stored-arrival.ts'
import { describeDestination, parseDestination } from '../../src/domain/destination/destination.ts'
import { hiddenValues } from '../../src/domain/destination/hidden-values.ts'
import { destinationExpiry, storePlace } from '../../src/domain/destination/store-place.ts'
import { scrub } from '../../src/domain/error-text.ts'
import { classifyFailure } from '../../src/domain/job/failure-reason.ts'
import { summarise } from '../../src/domain/job/job-summary.ts'
import { scopeFromRecord } from '../../src/domain/job/stored-job.ts'
import { ledgerFromRecord, ledgerToRecord } from '../../src/domain/ledger/stored-ledger.ts'
import { readWebhookBody } from '../../src/domain/notification/notification-event.ts'
import {
  notificationsFromRecord,
  notificationsToRecord,
} from '../../src/domain/notification/stored-notifications.ts'
import { Secret } from '../../src/domain/secret.ts'
import { minuteOf } from '../../src/domain/time.ts'
import { ApiFailure } from '../../src/errors.ts'
import { readWebConfig } from '../../src/http/access/web-config.ts'
import { readManifest } from '../../src/provision/manifest/manifest.ts'
import { exportManifest } from '../../src/provision/transfer/export-manifest.ts'
import { importAppInterface } from '../../src/provision/transfer/import-app-interface.ts'
import { importTerraform } from '../../src/provision/transfer/import-terraform.ts'
import type { Portable } from '../../src/provision/transfer/portable.ts'
import { allSettings } from '../../src/settings/exporter-settings.ts'
import { readSettings } from '../../src/settings/settings-parse.ts'
import { readYaml } from '../../src/settings/yaml-text.ts'
import { account, clientDeps, options, zone } from './cloudflare-clients.ts'
import type { FuzzTarget } from './fuzz.ts'

const folder = (name: string): URL => new URL(`../${name}/`, import.meta.url)

function filesOf(name: string, fits: RegExp): readonly string[] {
  return readdirSync(folder(name))
    .filter((file) => fits.test(file))
    .map((file) => readFileSync(new URL(file, folder(name)), 'utf8'))
}

const seeds: Readonly<Record<string, readonly unknown[]>> = JSON.parse(
  readFileSync(new URL('seeds.json', folder('fuzz')), 'utf8'),
)

function target(name: string, run: FuzzTarget['run']): FuzzTarget {
  const own = seeds[name]
  if (own === undefined) throw new Error(`no seeds for ${name}`)
  return { name, seeds: own.map((seed) => (typeof seed === 'string' ? seed : JSON.stringify(seed))), run }
}

/** What a call may end with: a result, or the one kind of failure that is expected of the API. */
async function settled(call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    if (!(error instanceof ApiFailure)) throw error
    ok(error.message.length < 1_000, 'a message fit for a log')
  })
}

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

/** Of texts that are no JSON nothing is expected. */
function ofJson(read: (value: unknown) => void): FuzzTarget['run'] {
  return (text) => {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return
    }
    read(value)
  }
}

/** What is read from a record and written again is the same once more. */
function kept<T>(from: (record: unknown) => T | null, to: (value: T) => unknown): FuzzTarget['run'] {
  return ofJson((record) => {
    const value = from(record)
    if (value !== null) deepStrictEqual(from(JSON.parse(JSON.stringify(to(value)))), value)
  })
}

function toManifest(portable: Portable): void {
  exportManifest(portable, { owner: 'sre', title: 'fuzz', parseYaml: readYaml })
}

const page = { page: 1 }
const [zoneB, zoneC] = [zone('b'), zone('c')]
const from = minuteOf(Date.UTC(2026, 10, 24, 3))
const conf = 's3://quay-logs/http?region=us-east-1&access-key-id=AKID&secret-access-key=abc%2Fdef'

export const fuzzTargets: readonly FuzzTarget[] = [
  answer('jobs', async (client) => {
    for (const job of (await client.listJobs(account, options)).items) summarise(job)
  }),
  answer('zones', (client) => client.listZones(page, options)),
  answer('accounts', (client) => client.listAccounts(1, options)),
  answer('token', (client) => client.verifyToken(null, options)),
  answer('policies', (client) => client.listPolicies(account.id, options)),
  answer('webhooks', (client) => client.listWebhooks(account.id, options)),
  answer('dataset fields', (client) => client.datasetFields(account, 'http_requests', options)),
  answer('sent notifications', (client) => client.listHistory(account.id, { page: 1, since: 0 }, options)),
  answer('eligible mechanisms', (client) => client.listEligibleMechanisms(account.id, options)),
  answer('alert types', (client) => client.listAvailableAlerts(account.id, options)),
  answer('PagerDuty services', (client) => client.listPagerDuty(account.id, options)),
  target('answer: health rows', async (text) => {
    const query = { scopes: [zoneB, zoneC], from, to: from + 15, limit: 1_000, fields: 'all' as const }
    await settled(createHealthClient(answered(text)).readHealth(query, options))
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
  target('error texts', (text) => {
    ok(scrub(text).length <= 300)
    classifyFailure(text)
    allowedQuery(text)
    ok(redact(text, [new Secret(conf), new Secret('abc')]).length <= 300)
  }),
  target('destinations', (text) => {
    parseDestination(text)
    describeDestination(new Secret(text))
    hiddenValues(text)
    storePlace(new Secret(text))
    destinationExpiry(new Secret(text))
  }),
  target('names of arrived files', (text) => {
    const range = timeRangeOf(text)
    ok(range === null || range.start <= range.end)
    rangeOfKey({ path: 'http/{DATE}' }, text)
  }),
  target(
    'webhooks',
    ofJson((body) => {
      const message = readWebhookBody(body)
      if (message.kind === 'event') ok(JSON.stringify(message.event).length < 10_000)
    }),
  ),
  {
    name: 'manifests',
    seeds: filesOf('manifests', /^(valid|warns)-/),
    run: (text) => readManifest([{ file: 'm.yaml', text }], readYaml),
  },
  {
    name: 'web config',
    seeds: filesOf('http/fixtures', /\.yaml$/),
    run(text) {
      const yaml = readYaml(text)
      if (yaml.ok) readWebConfig(yaml.root, '/etc')
    },
  },
  target('settings', async (text) => {
    const given = new Map([['config.file', ['c.yaml']]])
    await readSettings(allSettings, {}, { given, env: {}, readFile: () => ({ ok: true, text }) })
  }),
  target('app-interface files', (text) => {
    const read = importAppInterface([{ file: 'quay.yml', text }], { id: account.id, name: '' }, readYaml)
    if (read.ok) for (const { portable } of read.value) toManifest(portable)
  }),
  target(
    'Terraform states',
    ofJson((json) => toManifest(importTerraform(json, null))),
  ),
  target('stored ledgers', kept(ledgerFromRecord, ledgerToRecord)),
  target('stored jobs', ofJson(scopeFromRecord)),
  target('stored notifications', kept(notificationsFromRecord, notificationsToRecord)),
  target('stored arrivals', kept(arrivalFromRecord, arrivalToRecord)),
  target('stored records', kept(recordsFromRecord, recordsToRecord)),
]
