import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it went over the wire, the caller's own token aside. */
export interface Recorded {
  readonly method: string
  /** Path and query, decoded. */
  readonly url: string
  /** Headers, address and body in one text, to search for what must not be there. */
  readonly whole: string
}

/** Stands before a server and writes down all that is sent to it. */
export async function recordingProxy(
  t: { teardown(end: () => unknown): unknown },
  origin: string,
): Promise<{ readonly origin: string; readonly requests: Recorded[] }> {
  const requests: Recorded[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const { method = 'GET', url = '/', headers } = request
      const body = Buffer.concat(chunks).toString()
      const decoded = decodeURIComponent(url)
      const { authorization = '', ...others } = headers
      requests.push({ method, url: decoded, whole: `${decoded}\n${JSON.stringify(others)}\n${body}` })
      const answer = await fetch(origin + url, {
        method,
        headers: { authorization, 'content-type': headers['content-type'] ?? 'application/json' },
        ...(body === '' ? {} : { body }),
      })
      const text = await answer.text()
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'application/json',
      })
      response.end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, requests }
}
