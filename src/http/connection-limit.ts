import type { RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'

/** Beyond `most` nobody is refused: the system's queue holds them for a moment. */
export const reserve = 128

/**
 * Keeps the server open for newcomers: at `most` connections, a new one takes the place of the oldest that waits for
 * nothing. Whoever opens connections and stays silent would otherwise keep a scraper out until they time out. A
 * client whose idle connection was closed opens another one.
 */
export function limitConnections(server: Server, most: number): void {
  /** By address and port of the client, which a TLS connection shares with the one below it; the oldest first. */
  const open = new Map<string, Socket>()
  const busy = new Set<string>()
  // First of all listeners: whoever has to go, goes before a handshake begins.
  server.prependListener('connection', (socket) => {
    const name = nameOf(socket)
    if (open.size >= most) oldestIdle()?.destroy()
    open.set(name, socket)
    socket.once('close', () => {
      open.delete(name)
      busy.delete(name)
    })
  })
  const begin: RequestListener = ({ socket }, response) => {
    const name = nameOf(socket)
    busy.add(name)
    response.once('close', () => busy.delete(name))
  }
  server.prependListener('request', begin)

  function oldestIdle(): Socket | null {
    for (const [name, socket] of open) {
      if (busy.has(name) || socket.destroyed) continue
      open.delete(name)
      return socket
    }
    return null
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
