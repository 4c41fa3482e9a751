import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { Test } from 'tap'
import { openWebConfig, type WebConfigSource } from '../../src/http/access/web-config-source.ts'
import type { MetricsSource } from '../../src/http/metrics-route.ts'
import { buildServer, type HttpServer, type ServerDeps } from '../../src/http/server.ts'
import { readYaml } from '../../src/settings/yaml-text.ts'
import { logSink } from './log-sink.ts'
import { emptyStatus } from './status-values.ts'
import { createSteppedClock } from './stepped-clock.ts'

/** Metrics that say which format and coding was asked for, in two pieces. */
export const someMetrics: MetricsSource = {
  exposition: (format, gzip) => {
    const body = [Buffer.from(`# ${format}`), Buffer.from(gzip ? ' gzip\n' : ' plain\n')]
    return {
      contentType:
        format === 'text'
          ? 'text/plain; version=0.0.4; charset=utf-8'
          : 'application/openmetrics-text; version=1.0.0; charset=utf-8',
      body,
      bytes: body.reduce((sum, piece) => sum + piece.length, 0),
    }
  },
}

export const clock = createSteppedClock()

/** A server that is ready and reloads well, unless the test says otherwise; closed when the test ends. */
export async function serverFor(t: Test, deps: Partial<ServerDeps> = {}): Promise<HttpServer> {
  const server = await buildServer({
    about: { name: 'logpush-exporter', version: '1.2.3', revision: 'abc' },
    telemetryPath: '/metrics',
    metrics: someMetrics,
    readiness: { state: () => ({ ready: true }) },
    reload: async () => ({ ok: true }),
    status: emptyStatus,
    runbooks: { names: async () => [], read: async () => null },
    web: null,
    log: logSink(),
    clock,
    ...deps,
  })
  t.teardown(() => server.close(0))
  return server
}

export function webConfigFor(path: string, log = logSink()): WebConfigSource {
  return openWebConfig(path, { clock, log, readYaml })
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly protocol: string | null
}

/** One request over a real socket of its own. */
export function ask(url: string, options: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest
    const request = send(url, { agent: false, ...options }, (response) => {
      const { socket } = response
      const protocol =
        'getProtocol' in socket && typeof socket.getProtocol === 'function' ? socket.getProtocol() : null
      const pieces: Buffer[] = []
      response.on('data', (piece) => pieces.push(piece))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces),
          protocol,
        }),
      )
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end()
  })
}
