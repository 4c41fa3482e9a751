import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3'
import t from 'tap'
import { startSimulator, storePath } from '../../../src/simulator/server.ts'
import { openFolderStore } from '../../../src/simulator/store/folder-store.ts'

/* The folder, read by the client that everybody uses. */

async function served(t: { teardown(end: () => unknown): unknown }, keys: readonly string[]) {
  const path = mkdtempSync(join(tmpdir(), 's3-plugin-'))
  const folder = await openFolderStore(path)
  for (const key of keys) await folder.put('quay-logs', key, `text of ${key}`, { scheme: 's3', host: 'x' })
  const sim = await startSimulator({ world: 'empty', folder })
  const client = new S3Client({
    endpoint: `${sim.origin}${storePath}`,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  })
  t.teardown(async () => {
    client.destroy()
    await sim.close()
    rmSync(path, { recursive: true, force: true })
  })
  return { client, url: `${sim.origin}${storePath}` }
}

const Bucket = 'quay-logs'
const odd = ['http/a b+c&d=<e>.txt', 'http/ä%2F.txt', 'http/{DATE}"\'.txt']

t.test('an object is read whole, with its size and time', async (t) => {
  const keys = ['http/20261124/a.txt', ...odd]
  const { client } = await served(t, keys)
  for (const Key of keys) {
    const got = await client.send(new GetObjectCommand({ Bucket, Key }))
    t.equal(await got.Body?.transformToString(), `text of ${Key}`)
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }))
    t.equal(head.ContentLength, Buffer.byteLength(`text of ${Key}`))
    t.same(head.LastModified, got.LastModified)
    t.equal(head.ETag, got.ETag)
  }
  const { Buckets } = await client.send(new ListBucketsCommand({}))
  t.match(Buckets, [{ Name: Bucket }])
})

t.test('what is not there is told apart: object, bucket', async (t) => {
  const { client } = await served(t, ['a.txt'])
  await t.rejects(client.send(new GetObjectCommand({ Bucket, Key: 'b.txt' })), { name: 'NoSuchKey' })
  await t.rejects(client.send(new GetObjectCommand({ Bucket: 'other', Key: 'a.txt' })), {
    name: 'NoSuchBucket',
  })
})

t.test('a list goes on over its pages until all keys were seen once', async (t) => {
  const keys = [...Array.from({ length: 23 }, (_, i) => `http/2026/${i}.txt`), ...odd, 'workers/1.txt']
  const { client } = await served(t, keys)
  const listed = async (pageSize: number, query: object) => {
    const found: string[] = []
    const pages = paginateListObjectsV2({ client, pageSize }, { Bucket, ...query })
    for await (const page of pages) {
      t.ok((page.KeyCount ?? 0) <= pageSize)
      found.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''))
      found.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''))
    }
    return found.sort()
  }
  for (const pageSize of [1, 7, 1000]) {
    t.strictSame(await listed(pageSize, {}), [...keys].sort(), `${pageSize} at once`)
    t.strictSame(await listed(pageSize, { Delimiter: '/' }), ['http/', 'workers/'])
    t.strictSame(
      await listed(pageSize, { Prefix: 'http/', Delimiter: '/' }),
      [...odd, 'http/2026/'].sort(),
      'folders stand for what they hold',
    )
  }
  t.strictSame(await listed(5, { StartAfter: 'http/2026/9.txt', Prefix: 'http/2026' }), [])
  t.strictSame(await listed(5, { EncodingType: 'url', Prefix: 'workers' }), ['workers/1.txt'])
})

t.test('it is for reading only, and says what it does not understand', async (t) => {
  const { client, url } = await served(t, ['a.txt'])
  await t.rejects(client.send(new PutObjectCommand({ Bucket, Key: 'b.txt', Body: 'b' })), {
    name: 'MethodNotAllowed',
  })
  const wrong = await fetch(`${url}/${Bucket}?list-type=2&max-keys=many`)
  t.equal(wrong.status, 400)
  t.match(await wrong.text(), '<Code>InvalidArgument</Code>')
})
