import { type FakeServer, startFake } from './object-stores.ts'

export interface AzureList extends FakeServer {
  /** What each call asked for. */
  readonly queries: readonly Record<string, string>[]
}

export interface AzureListOptions {
  /** As a service older than `startFrom` may: with 400. */
  readonly refuses?: boolean
  /** Listed whatever is asked for, as the folders of a hierarchical namespace may be. */
  readonly shows?: string
  /** Where the next page begins; by default there is none. */
  readonly marker?: string
}

/** A fake of Azure's list call that begins at `startFrom`, inclusive, as no emulator for Node 20 does. */
export async function startAzureList(
  keys: readonly string[],
  { refuses = false, shows, marker = '' }: AzureListOptions = {},
): Promise<AzureList> {
  const queries: Record<string, string>[] = []
  const server = await startFake((request, response) => {
    const query = Object.fromEntries(new URL(request.url ?? '', 'http://azure').searchParams)
    queries.push(query)
    const { prefix = '', startFrom } = query
    if (refuses && startFrom !== undefined) {
      response.writeHead(400, { 'x-ms-error-code': 'UnsupportedQueryParameter' }).end()
      return
    }
    const blobs = keys
      .filter((key) => key === shows || (key.startsWith(prefix) && key >= (startFrom ?? '')))
      .map(
        (key) =>
          `<Blob><Name>${key}</Name><Properties><Last-Modified>Sat, 28 Nov 2026 10:00:00 GMT</Last-Modified>` +
          '<Content-Length>1</Content-Length></Properties></Blob>',
      )
    response.writeHead(200, { 'content-type': 'application/xml' })
    response.end(
      `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${blobs.join('')}</Blobs><NextMarker>${marker}</NextMarker></EnumerationResults>`,
    )
  })
  return { ...server, queries }
}
