import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A request as it arrived at the fake, its body read. */
export interface Received {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface FakeHttp {
  /** Ends in `/client/v4`. */
  readonly baseUrl: string
  readonly received: readonly Received[]
  /** What the next requests get, until told otherwise. */
  answer(how: Behaviour): void
  close(): Promise<void>
}

/** Writes an answer, or misbehaves with the socket. */
export type Behaviour = (response: ServerResponse, request: Received, socket: Socket) => void

/** An HTTP server on loopback that answers as it is told, and remembers what it was asked. */
export async function fakeHttp(first: Behaviour = json(200, {})): Promise<FakeHttp> {
  let behaviour = first
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
      received.push(one)
      behaviour(response, one, request.socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/client/v4`,
    received,
    answer(how) {
      behaviour = how
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** An answer in JSON. A text goes out as it is. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Behaviour {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

/** An answer of another type. */
export function text(status: number, contentType: string, body: string): Behaviour {
  return (response) => {
    response.writeHead(status, contentType === '' ? {} : { 'content-type': contentType })
    response.end(body)
  }
}

/** A result in Cloudflare's REST envelope. */
export function ok(result: unknown, info?: object): Behaviour {
  return json(200, {
    success: true,
    errors: [],
    messages: [],
    result,
    ...(info ? { result_info: info } : {}),
  })
}

/** A refusal in Cloudflare's REST envelope. */
export function refused(status: number, code: number, message: string): Behaviour {
  return json(status, { success: false, errors: [{ code, message }], messages: [], result: null })
}
