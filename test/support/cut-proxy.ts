import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A network on loopback that can go silent: nothing arrives any more, and nobody is told. */
export interface CutProxy {
  readonly port: number
  cut(): void
  /** What was cut stays dead; new connections work. */
  heal(): void
}

export async function startCutProxy(
  t: { teardown(end: () => Promise<void>): unknown },
  target: number,
): Promise<CutProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let silent = false
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('data', (bytes) => {
        if (!silent) to.write(bytes)
      })
      from.on('error', () => {})
      from.on('close', () => {
        if (!silent) to.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const drop = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
    pairs.clear()
  }
  t.teardown(async () => {
    drop()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut() {
      silent = true
    },
    heal() {
      drop()
      silent = false
    },
  }
}
