import { rmSync, writeFileSync } from 'node:fs'
import { createServer as createPlainServer, type RequestListener, request, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { certificate, serverCertificate } from './certificates.ts'

/** Stands between the exporter and the simulator, so that the connection itself can be at fault. */
export interface Front {
  /** How it speaks. `name`: HTTPS, under a name that can be lost. */
  readonly kind: 'http' | 'https' | 'name'
  /** Up to the port; the path behind it goes on to the simulator as it is. */
  readonly origin: string
  /** What the exporter's environment needs to trust it. */
  readonly env: Readonly<Record<string, string>>
  /** Refuses connections, and listens again on the same port. */
  down(): Promise<void>
  up(): Promise<void>
  /** HTTPS: shows a certificate of an authority nobody knows, and the right one again. */
  distrust(): void
  trust(): void
  /** The name resolves no more, and again. */
  loseName(): void
  findName(): void
  close(): Promise<void>
}

/** Passes requests on to `target`. The certificate of its authority is written into `folder`. */
export async function startFront(kind: Front['kind'], target: string, folder: string): Promise<Front> {
  const scheme = kind === 'http' ? 'http' : 'https'
  const pass: RequestListener = (incoming, outgoing) => {
    const { method, headers, url } = incoming
    const onward = request(new URL(url ?? '/', target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  }
  const [known, unknown] = await Promise.all([certificate('known', null), certificate('unknown', null)])
  const [right, wrong] = await Promise.all([serverCertificate(known), serverCertificate(unknown)])
  const authority = join(folder, 'authority.pem')
  writeFileSync(authority, known.cert)
  const secure = scheme === 'https' ? createTlsServer(right, pass) : null
  const server: Server | NonNullable<typeof secure> = secure ?? createPlainServer(pass)
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => resolve())
    })
  const end = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  const show = (pair: typeof right): void => {
    secure?.setSecureContext(pair)
    server.closeAllConnections()
  }
  const mark = join(folder, 'name-is-lost')
  const lookup = `--import=${new URL('lost-name.mjs', import.meta.url).href}`
  const ofName = kind === 'name' ? { NODE_OPTIONS: lookup, LOST_NAME_MARK: mark } : {}
  return {
    kind,
    origin: `${scheme}://${kind === 'name' ? 'localhost' : '127.0.0.1'}:${port}`,
    env: scheme === 'https' ? { NODE_EXTRA_CA_CERTS: authority, ...ofName } : {},
    down: end,
    up: () => listen(port),
    distrust: () => show(wrong),
    trust: () => show(right),
    loseName() {
      writeFileSync(mark, '')
      server.closeAllConnections()
    },
    findName: () => rmSync(mark),
    close: end,
  }
}
