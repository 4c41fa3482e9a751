import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { BlobServiceClient } from '@azure/storage-blob'
import S3rver from 's3rver'

/** Something started for a test; `stop` ends it and removes what it left. */
export interface Running {
  readonly stop: () => Promise<void>
}

export interface TestStore extends Running {
  readonly endpoint: string
  readonly put: (bucket: string, key: string, text: string) => Promise<void>
}

/** A real S3 emulator with the given buckets. It does not check signatures. */
export async function startS3(buckets: readonly string[]): Promise<TestStore> {
  const directory = await mkdtemp(join(tmpdir(), 'logpush-s3-'))
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: buckets.map((name) => ({ name })),
  })
  const { port } = await server.run()
  const endpoint = `http://127.0.0.1:${port}`
  const client = new S3Client({
    endpoint,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
  })
  return {
    endpoint,
    put: async (bucket, key, text) => {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text }))
    },
    stop: async () => {
      client.destroy()
      await server.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Azurite's well-known account; the key is published by Microsoft for exactly this use. */
export const azuriteAccount = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
} as const

export interface Azurite extends TestStore {
  readonly connectionString: string
}

/** A real Azure Blob emulator, in memory. */
export async function startAzurite(containers: readonly string[]): Promise<Azurite> {
  const program = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js')
  const args = ['--inMemoryPersistence', '--skipApiVersionCheck', '--blobPort', '0']
  const child = spawn(process.execPath, [program, ...args], {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  let origin = ''
  for await (const line of lines) {
    const found = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)
    if (found?.[1] !== undefined) {
      origin = found[1]
      break
    }
  }
  if (origin === '') throw new Error('Azurite ended before it listened; what it says stands above')
  child.stdout.resume()
  const endpoint = `${origin}/${azuriteAccount.name}`
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=${azuriteAccount.name};AccountKey=${azuriteAccount.key};BlobEndpoint=${endpoint};`
  const service = BlobServiceClient.fromConnectionString(connectionString)
  for (const name of containers) await service.createContainer(name)
  return {
    endpoint,
    connectionString,
    put: async (container, key, text) => {
      await service
        .getContainerClient(container)
        .getBlockBlobClient(key)
        .upload(text, Buffer.byteLength(text))
    },
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

export interface FakeServer extends Running {
  readonly endpoint: string
}

/** An HTTP server that answers what the test says: for failures that no emulator makes. */
export async function startFake(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<FakeServer> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the fake server has no port')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/**
 * A fake of the two GCS calls that reading needs, an object and a list: object path (`bucket/key`) → text. With
 * STORAGE_EMULATOR_HOST the client leaves `/storage/v1` out.
 */
export function startGcs(objects: ReadonlyMap<string, string>, pageSize = 1_000): Promise<FakeServer> {
  return startFake((request, response) => {
    const url = new URL(request.url ?? '', 'http://gcs')
    const found = /^(?:\/storage\/v1)?\/b\/([^/]+)\/o(?:\/([^/]+))?$/.exec(url.pathname)
    if (found?.[1] !== undefined && found[2] === undefined) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(gcsList(objects, found[1], url.searchParams, pageSize)))
      return
    }
    const path = `${found?.[1] ?? ''}/${decodeURIComponent(found?.[2] ?? '')}`
    const text = objects.get(path)
    if (text === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' })
      response.end(`No such object: ${path}`)
      return
    }
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.end(text)
  })
}

/** As GCS lists: from `startOffset` on, inclusive, and before `endOffset`. */
function gcsList(
  objects: ReadonlyMap<string, string>,
  bucket: string,
  query: URLSearchParams,
  pageSize: number,
): unknown {
  const [prefix, from, to] = ['prefix', 'startOffset', 'endOffset'].map((name) => query.get(name) ?? '')
  const start = Number(query.get('pageToken') ?? '0')
  const fitting = [...objects]
    .filter(([path]) => path.startsWith(`${bucket}/`))
    .map(([path, text]) => ({ name: path.slice(bucket.length + 1), text }))
    .filter(
      ({ name }) => name.startsWith(prefix ?? '') && name >= (from ?? '') && (to === '' || name < (to ?? '')),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const items = fitting.slice(start, start + pageSize).map(({ name, text }) => ({
    name,
    size: String(text.length),
    timeCreated: '2026-11-28T10:00:00.000Z',
  }))
  const end = start + pageSize
  return { items, ...(end < fitting.length ? { nextPageToken: String(end) } : {}) }
}
