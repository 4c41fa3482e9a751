import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, request } from 'node:http'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'

/*
 * Prism answers from an OpenAPI description. It is 213 packages and 74 MB, a tenth of everything else that tests
 * need, for one long test: so it is no dependency, but installed by its exact version into the cache when asked for.
 */

const version = '5.16.0'
const folder = new URL('../../.cache/prism/', import.meta.url).pathname

/** The official description of the API, which is no part of this repository; null: it is not there. */
export function officialDescription(): string | null {
  const beside = new URL('../../../shared/reference/cloudflare-openapi-logpush.json', import.meta.url)
  const path = process.env.CLOUDFLARE_OPENAPI ?? beside.pathname
  return existsSync(path) ? path : null
}

/** Prism's program; null with the reason when it cannot be installed, as without a network. */
export function installPrism(): { readonly program: string } | { readonly reason: string } {
  const program = join(folder, 'node_modules/@stoplight/prism-cli/dist/index.js')
  if (existsSync(program)) return { program }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--save-exact']
  const { status, stderr } = spawnSync('npm', ['install', ...flags, `@stoplight/prism-cli@${version}`], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 240_000,
  })
  return status === 0 && existsSync(program)
    ? { program }
    : { reason: `npm cannot install Prism: ${stderr.slice(-300)}` }
}

export interface Prism {
  readonly url: string
  /** How many requests it has answered. */
  readonly answered: () => number
}

/** Serves a description on a free port of loopback until the test ends. `dynamic`: values drawn from the schemas. */
export async function startPrism(
  t: { teardown(end: () => Promise<void>): unknown },
  options: { readonly program: string; readonly description: string; readonly dynamic: boolean },
): Promise<Prism> {
  const port = await freePort()
  const { program, description, dynamic } = options
  // With a seed, so that a failure comes back.
  const mode = dynamic ? ['--dynamic', '--seed', 'logpush'] : []
  const child: ChildProcess = spawn(
    process.execPath,
    [program, 'mock', '--host', '127.0.0.1', '--port', String(port), ...mode, description],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: unknown): void => {
      said += String(chunk)
      if (said.includes('Prism is listening')) resolve()
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    void ended.then(() => reject(new Error(`Prism ended: ${said.slice(-500)}`)))
  })
  let answered = 0
  // Prism serves at the root; the program's address ends in /client/v4.
  const front = createHttpServer((incoming, outgoing) => {
    answered += 1
    const { method, headers, url = '/' } = incoming
    const path = url.replace(/^\/client\/v4/, '')
    const forward = request({ host: '127.0.0.1', port, method, headers, path }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    forward.on('error', () => outgoing.destroy())
    incoming.pipe(forward)
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    front.closeAllConnections()
    front.close()
  })
  return { url: `http://127.0.0.1:${portOf(front)}/client/v4`, answered: () => answered }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const port = portOf(server)
      server.close(() => resolve(port))
    })
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen')
  return address.port
}
