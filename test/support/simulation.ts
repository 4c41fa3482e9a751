import type { Simulator, SimulatorOptions } from '../../src/simulator/server.ts'
import { startSimulator } from '../../src/simulator/server.ts'

/** A round instant at which simulated tests begin. */
export const simStart = Date.parse('2026-11-24T06:00:00Z')

interface Teardown {
  teardown(end: () => Promise<void>): unknown
}

/** A simulator whose time only the test moves; it ends with the test. */
export async function stepped(t: Teardown, options: SimulatorOptions): Promise<Simulator> {
  const simulator = await startSimulator({ startAt: simStart, speed: 0, ...options })
  t.teardown(() => simulator.close())
  return simulator
}

export interface SimAnswer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers the way they came over the wire
  readonly body: any
}

/** One request to the simulated API; the body is parsed when it is JSON, else it is the text. */
export async function ask(
  simulator: Simulator,
  path: string,
  more: {
    readonly method?: string
    readonly body?: unknown
    readonly token?: string | null
    readonly headers?: Readonly<Record<string, string>>
  } = {},
): Promise<SimAnswer> {
  const token = more.token === undefined ? simulator.token : more.token
  const response = await fetch(path.startsWith('/__sim') ? simulator.origin + path : simulator.url + path, {
    method: more.method ?? (more.body === undefined ? 'GET' : 'POST'),
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...more.headers,
    },
    ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
  })
  const text = await response.text()
  const json = response.headers.get('content-type')?.startsWith('application/json') === true
  let body: unknown = text
  if (json) {
    try {
      body = JSON.parse(text)
    } catch {
      body = text
    }
  }
  return { status: response.status, headers: response.headers, body }
}

export function query(
  simulator: Simulator,
  text: string,
  variables: object = {},
  more: { readonly token?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<SimAnswer> {
  return ask(simulator, '/graphql', { method: 'POST', body: { query: text, variables }, ...more })
}

export const iso = (ms: number): string => new Date(ms).toISOString()

/** The rows the exporter asks for, of one zone or one account. */
export const healthFields = `count sum { uploads records bytes bytesCompressed } avg { uploadDuration sampleInterval }
  max { timestamp } dimensions { datetimeMinute jobId destinationType status final success }`

/** All health rows of a zone between two instants. */
export async function zoneRows(
  simulator: Simulator,
  zoneTag: string,
  fromMs: number,
  toMs: number,
  limit = 10_000,
): Promise<SimAnswer['body'][]> {
  const { body } = await query(
    simulator,
    `query Rows($zone: string!, $from: Time!, $to: Time!, $limit: uint64!) {
      viewer { zones(filter: { zoneTag: $zone }) {
        logpushHealthAdaptiveGroups(limit: $limit, filter: { datetimeMinute_geq: $from, datetimeMinute_lt: $to }) {
          ${healthFields}
        } } } }`,
    { zone: zoneTag, from: iso(fromMs), to: iso(toMs), limit },
  )
  if (body.errors !== null) throw new Error(JSON.stringify(body.errors))
  return body.data.viewer.zones[0].logpushHealthAdaptiveGroups
}
