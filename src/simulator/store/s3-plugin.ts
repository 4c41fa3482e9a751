import type { FastifyInstance, FastifyReply } from 'fastify'
import type { FolderStore, StoredObject } from './folder-store.ts'
import { type ListPage, type ListQuery, listPage, readListQuery } from './s3-list.ts'

/*
 * The folder as S3 shows it, for reading: buckets, ListObjectsV2, GET and HEAD of an object, in path style. Nobody
 * has to prove who they are: any keys do, as with other emulators. Writing is Cloudflare's part.
 */

interface WithPath {
  readonly Params: { readonly '*': string }
}

export function serveStore(app: FastifyInstance, store: FolderStore): void {
  app.get('/', async (_request, reply) => sendXml(reply, 200, bucketList(await store.buckets())))
  app.get<WithPath>('/*', async (request, reply) => {
    const [bucket = '', ...rest] = request.params['*'].split('/')
    const key = rest.join('/')
    if (key === '') return list(bucket, new URL(request.url, 'http://store').searchParams, reply)
    const object = await store.head(bucket, key)
    const body = await store.read(bucket, key)
    if (object === null || body === null) return missing(reply, bucket, key)
    return reply
      .type('application/octet-stream')
      .header('etag', etag(object))
      .header('last-modified', new Date(object.modifiedMs).toUTCString())
      .send(body)
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, body, done) => {
    body.resume()
    done(null)
  })
  app.route({
    method: ['PUT', 'POST', 'DELETE'],
    url: '/*',
    handler: async (_request, reply) =>
      sendXml(
        reply.header('allow', 'GET, HEAD'),
        405,
        failure('MethodNotAllowed', 'This store is read-only.'),
      ),
  })

  async function list(bucket: string, query: URLSearchParams, reply: FastifyReply): Promise<FastifyReply> {
    const wanted = readListQuery(query)
    if (wanted === null)
      return sendXml(reply, 400, failure('InvalidArgument', 'max-keys must be a whole number above 0.'))
    const objects = await store.list(bucket, wanted.prefix, wanted.after)
    if (objects === null) return missing(reply, bucket, null)
    return sendXml(reply, 200, objectList(bucket, wanted, listPage(objects, wanted)))
  }

  async function missing(reply: FastifyReply, bucket: string, key: string | null): Promise<FastifyReply> {
    const known = (await store.buckets()).includes(bucket)
    return known && key !== null
      ? sendXml(reply, 404, failure('NoSuchKey', 'The specified key does not exist.'))
      : sendXml(reply, 404, failure('NoSuchBucket', 'Nothing has been written to this bucket.'))
  }
}

function sendXml(reply: FastifyReply, status: number, root: Element): FastifyReply {
  return reply.code(status).type('application/xml').send(xmlDocument(root))
}

function failure(code: string, message: string): Element {
  return element('Error', [element('Code', code), element('Message', message)])
}

function bucketList(names: readonly string[]): Element {
  const buckets = names.map((name) => element('Bucket', [element('Name', name)]))
  return element('ListAllMyBucketsResult', [element('Buckets', buckets)])
}

function objectList(bucket: string, query: ListQuery, page: ListPage): Element {
  const name = (text: string): string =>
    query.encoded ? encodeURIComponent(text).replaceAll('%2F', '/') : text
  return element('ListBucketResult', [
    element('Name', bucket),
    element('Prefix', name(query.prefix)),
    ...(query.delimiter === '' ? [] : [element('Delimiter', name(query.delimiter))]),
    ...(query.encoded ? [element('EncodingType', 'url')] : []),
    element('MaxKeys', String(query.maxKeys)),
    element('KeyCount', String(page.objects.length + page.prefixes.length)),
    element('IsTruncated', String(page.next !== null)),
    ...(page.next === null ? [] : [element('NextContinuationToken', page.next)]),
    ...page.objects.map((object) =>
      element('Contents', [
        element('Key', name(object.key)),
        element('LastModified', new Date(object.modifiedMs).toISOString()),
        element('ETag', etag(object)),
        element('Size', String(object.bytes)),
        element('StorageClass', 'STANDARD'),
      ]),
    ),
    ...page.prefixes.map((prefix) => element('CommonPrefixes', [element('Prefix', name(prefix))])),
  ])
}

/** Changes with the object; not a digest of it, so that a list reads no file. */
function etag({ bytes, modifiedMs }: StoredObject): string {
  return `"${bytes.toString(16)}-${modifiedMs.toString(16)}"`
}

/* As much XML as S3's answers need: elements that hold a text or elements. */

interface Element {
  readonly xml: string
}

function element(name: string, inside: string | readonly Element[]): Element {
  const content = typeof inside === 'string' ? escapeXml(inside) : inside.map(({ xml }) => xml).join('')
  return { xml: `<${name}>${content}</${name}>` }
}

function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => entities[character] ?? '')
    .replace(/[\p{Cc}]/gu, (character) => `&#x${character.charCodeAt(0).toString(16)};`)
}
