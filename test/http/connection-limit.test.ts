import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { limitConnections } from '../../src/http/connection-limit.ts'
import { certificate, serverCertificate } from '../support/certificates.ts'
import { ask, serverFor } from '../support/http-server.ts'

const portOf = (server: Pick<Server, 'address'>): number => (server.address() as AddressInfo).port

/** Connects and says nothing. */
function silent(t: Test, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  return new Promise((resolve) => socket.once('connect', () => resolve(socket)))
}

t.test('700 silent connections keep nobody out', async (t) => {
  const server = await serverFor(t)
  const [address] = await server.listen([{ host: '127.0.0.1', port: 0 }])
  const port = address?.port ?? 0
  const sockets = await Promise.all(Array.from({ length: 700 }, () => silent(t, port)))
  const { status } = await ask(`http://127.0.0.1:${port}/metrics`)
  t.equal(status, 200)
  t.ok(sockets.filter(({ destroyed }) => destroyed).length >= 188, 'the oldest ones made room')
})

for (const scheme of ['http', 'https'] as const) {
  t.test(
    `${scheme}: the oldest silent connection makes room, one that is being answered stays`,
    async (t) => {
      const ca = await certificate('authority', null)
      const answers: (() => void)[] = []
      const handler: Parameters<typeof createServer>[1] = ({ url }, response) => {
        if (url === '/slow') answers.push(() => response.end('slow'))
        else response.end('quick')
      }
      const server: Server =
        scheme === 'http' ? createServer(handler) : createTlsServer(await serverCertificate(ca), handler)
      limitConnections(server, 3)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      t.teardown(() => {
        server.closeAllConnections()
        return new Promise<void>((resolve) => server.close(() => resolve()))
      })
      const url = `${scheme}://127.0.0.1:${portOf(server)}`
      const slow = ask(`${url}/slow`, { ca: ca.cert })
      while (answers.length === 0) await new Promise(setImmediate)
      const first = await silent(t, portOf(server))
      const second = await silent(t, portOf(server))
      const gone = new Promise((resolve) => first.once('close', resolve))
      t.equal((await ask(`${url}/`, { ca: ca.cert })).body.toString(), 'quick')
      await gone
      t.equal(second.destroyed, false)
      for (const answer of answers) answer()
      t.equal((await slow).body.toString(), 'slow')
    },
  )
}
