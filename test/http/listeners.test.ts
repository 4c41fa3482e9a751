import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import t from 'tap'
import { ask, serverFor } from '../support/http-server.ts'

/** The server that answers a request to an exporter. */
async function answering(t: Parameters<typeof serverFor>[0]): Promise<Server> {
  const exporter = await serverFor(t)
  const [address] = await exporter.listen([{ host: '127.0.0.1', port: 0 }])
  const seen: Server[] = []
  const note = (message: unknown): void => {
    const { server } = Object(message)
    seen.push(server)
  }
  subscribe('http.server.request.start', note)
  t.teardown(() => unsubscribe('http.server.request.start', note))
  await ask(`http://127.0.0.1:${address?.port}/-/healthy`)
  const [server] = seen
  if (server === undefined) throw new Error('nothing was asked')
  return server
}

t.test('a client that is slow or silent is cut off, and one that comes each minute is not', async (t) => {
  const server = await answering(t)
  t.match(
    { ...server },
    {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
      timeout: 120_000,
      keepAliveTimeout: 75_000,
      maxHeaderSize: 16_384,
      noDelay: true,
    },
  )
})

t.test('512 connections are kept, and 128 more wait a moment for their place', async (t) => {
  t.equal((await answering(t)).maxConnections, 640)
})

t.test('an address that this machine has not is told as such', async (t) => {
  const server = await serverFor(t)
  await t.rejects(server.listen([{ host: '192.0.2.1', port: 0 }]), {
    message: '--web.listen-address: cannot listen on 192.0.2.1:0: this machine has no such address',
    exitCode: 1,
  })
})

t.test('a port that is none is told in the words of the system', async (t) => {
  const server = await serverFor(t)
  await t.rejects(server.listen([{ host: '127.0.0.1', port: 70_000 }]), /port/)
})

t.test('what was opened is told with the address that it got', async (t) => {
  const server = await serverFor(t)
  const opened = await server.listen([{ host: 'localhost', port: 0 }])
  t.equal(opened.length, 1)
  t.match(opened[0]?.host, /^(127\.0\.0\.1|::1)$/)
  t.not(opened[0]?.port, 0)
})
