/* Targets: what stores of files and of records answer. Their own clients read it first, over a real connection. */
import { ok } from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { FileReader } from '../../src/domain/arrival/arrival-rule.ts'
import type { StorePlace } from '../../src/domain/destination/store-place.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createElasticCounter } from '../../src/elastic/elastic-counter.ts'
import { createObjectLister } from '../../src/objectstore/object-lister.ts'
import { createObjectReader } from '../../src/objectstore/object-reader.ts'
import type { ObjectLister } from '../../src/ports/object-lister.ts'
import { tokenExpiry, tokenIn } from '../../src/provision/ownership/challenge-token.ts'
import { options } from './cloudflare-clients.ts'
import type { FuzzTarget } from './fuzz.ts'
import { settled, target } from './fuzz-target.ts'

interface Said {
  readonly status: number
  readonly type: string
  readonly text: string
}

/** A server that answers everything with what is to be said. It keeps no process from ending. */
function createSpeaker() {
  let said: Said = { status: 200, type: 'text/plain', text: '' }
  let origin: string | null = null
  return async (next: Said): Promise<string> => {
    said = next
    if (origin !== null) return origin
    const server = createServer((_request, response) => {
      response.writeHead(said.status, { 'content-type': said.type, 'x-ms-version': '2026-02-06' })
      response.end(said.text)
    })
    server.unref().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the speaker has no port')
    origin = `http://127.0.0.1:${address.port}`
    return origin
  }
}

const say = createSpeaker()
const keys = { accessKeyId: new Secret('AKID'), secretAccessKey: new Secret('key') }
const sas = new Secret('sig=abc')

const places: Readonly<Record<'s3' | 'gcs' | 'azure', StorePlace>> = {
  s3: { store: 's3', bucket: 'quay-logs', path: 'http', region: 'us-east-1', endpoint: null },
  gcs: { store: 'gcs', bucket: 'quay-logs', path: 'http' },
  azure: { store: 'azure', bucket: 'quay-logs', path: 'http', account: 'quay' },
}

/** A list of files: whatever is told of one is something that can be counted. */
function list(kind: keyof typeof places, type: string): FuzzTarget {
  let lister: ObjectLister | null = null
  const place = places[kind]
  return target(`answer: files of ${kind}`, async (text) => {
    for (const status of [200, 403]) {
      const endpoint = await say({ status, type, text })
      const read: FileReader = { kind, endpoint }
      lister ??= createObjectLister(read, { s3: { credentials: keys }, azure: { sas } })
      const range = { prefix: 'http/', after: 'http/0', until: 'http/9', flat: false, cursor: null }
      const listed = await settled(lister.list({ place, ...range }, options))
      for (const { key, bytes, written } of listed?.objects ?? []) {
        ok(Number.isSafeInteger(bytes) && bytes >= 0, `${bytes} bytes`)
        ok(Number.isFinite(written), `written at ${written}`)
        ok(key > range.after && key < range.until, `${key} was not asked for`)
      }
    }
  })
}

export const storeTargets: readonly FuzzTarget[] = [
  list('s3', 'application/xml'),
  list('gcs', 'application/json'),
  list('azure', 'application/xml'),
  target('answer: a challenge file', async (text) => {
    const endpoint = await say({ status: 200, type: 'text/plain', text })
    const reader = createObjectReader({ s3: { endpoint } })
    const location = { place: places.s3, key: 'http/ownership-challenge.txt', credentials: keys }
    const file = await settled(reader.read(location, options))
    if (file === null || file === 'absent') return
    const token = tokenIn(file)
    const expiry = token === null ? null : tokenExpiry(token)
    ok(expiry === null || Number.isFinite(expiry))
  }),
  target('answer: a count of Elasticsearch', async (text) => {
    const counter = createElasticCounter({ authorization: () => null })
    for (const status of [200, 500]) {
      const url = await say({ status, type: 'application/json', text })
      const place = { store: 'elastic', url, index: 'logs', timeField: '@timestamp', query: null } as const
      const count = await settled(counter.count(place, { from: 0, to: 1 }, options))
      ok(count === null || (Number.isSafeInteger(count) && count >= 0), `${count} documents`)
    }
  }),
]
