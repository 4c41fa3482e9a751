import { createServer } from 'node:http'
import { z } from 'zod'

/** What Alertmanager sends to PagerDuty's Events API v2, as far as tests read it. */
const event = z.object({
  routing_key: z.string(),
  dedup_key: z.string(),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  payload: z
    .object({
      summary: z.string(),
      source: z.string(),
      severity: z.string(),
      class: z.string().default(''),
      component: z.string().default(''),
      group: z.string().default(''),
      custom_details: z.record(z.string(), z.string()).default({}),
    })
    .optional(),
  links: z.array(z.object({ href: z.string(), text: z.string() })).default([]),
})

export type PagerDutyEvent = z.infer<typeof event>

export interface FakePagerDuty {
  readonly url: string
  /** Everything sent to `/v2/enqueue`, in order. */
  readonly events: PagerDutyEvent[]
  /** Texts of the bodies sent to any other path, which is where a heartbeat goes. */
  readonly beats: string[]
  close(): Promise<void>
}

/** A PagerDuty on loopback that takes every event. */
export async function startFakePagerDuty(): Promise<FakePagerDuty> {
  const events: PagerDutyEvent[] = []
  const beats: string[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8')
      if (request.url === '/v2/enqueue') events.push(event.parse(JSON.parse(body)))
      else beats.push(body)
      response.writeHead(202, { 'content-type': 'application/json' })
      response.end('{"status":"success","message":"Event processed"}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    events,
    beats,
    close: () =>
      new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  }
}
