import { connect } from 'node:net'
import t from 'tap'
import { serverFor } from '../support/http-server.ts'

const pieces = 400
const piece = Buffer.alloc(256 * 1024, 'x')

/** An exporter with 100 MB of metrics, and a client that has asked for them and read the beginning of the answer. */
async function begun(t: Parameters<typeof serverFor>[0]) {
  let given = 0
  function* body(): Iterable<Buffer> {
    for (; given < pieces; given += 1) yield piece
  }
  const bytes = pieces * piece.length
  const metrics = { exposition: () => ({ contentType: 'text/plain', body: body(), bytes }) }
  const server = await serverFor(t, { metrics })
  const [address] = await server.listen([{ host: '127.0.0.1', port: 0 }])
  const socket = connect(address?.port ?? 0, '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  let read = 0
  socket.on('data', (part) => {
    read += part.length
  })
  await new Promise((resolve) => socket.once('data', resolve))
  return { socket, bytes, given: () => given, read: () => read }
}

t.test(
  'a reader gets the next piece when it has taken the last ones, and all of them in the end',
  async (t) => {
    const { socket, bytes, given, read } = await begun(t)
    socket.pause()
    t.ok(given() < pieces, `${given()} pieces`)
    socket.resume()
    await new Promise((resolve) => socket.once('end', resolve))
    t.equal(given(), pieces)
    t.ok(read() > bytes && read() < bytes + 1_000, 'the pieces and the head of the answer')
  },
)

t.test('for a reader that has hung up nothing more is made', async (t) => {
  const { socket, given } = await begun(t)
  socket.resetAndDestroy()
  let before = -1
  // Two turns of the loop in which nothing was made: what was under way has arrived.
  for (let still = 0; still < 20; still = given() === before ? still + 1 : 0) {
    before = given()
    await new Promise(setImmediate)
  }
  t.ok(given() < pieces, `${given()} pieces`)
})
