import Fastify from 'fastify'
import { pageHeaders } from '../../http/pages/page.ts'
import type { Clock } from '../../ports/runtime.ts'
import { type Incident, readEvent, takeEvent } from './inbox-incident.ts'
import { inboxPage } from './inbox-page.ts'

/** A stand-in for PagerDuty on loopback, with a page on which incidents come and go. */
export interface PagerDutyInbox {
  /** Without a slash at the end. */
  readonly url: string
  /** Newest first. */
  incidents(): readonly Incident[]
  /** Where else one may want to look. */
  link(links: readonly { readonly text: string; readonly href: string }[]): void
  close(): Promise<void>
}

export async function startInbox(clock: Pick<Clock, 'now'>): Promise<PagerDutyInbox> {
  let incidents: readonly Incident[] = []
  let links: Parameters<PagerDutyInbox['link']>[0] = []
  const app = Fastify({ logger: false, forceCloseConnections: true })
  app.post('/v2/enqueue', async (request, reply) => {
    const event = readEvent(request.body)
    if (event === null)
      return reply.code(400).send({ status: 'invalid event', message: 'Event object is invalid' })
    incidents = takeEvent(incidents, event, clock.now())
    return reply.code(202).send({ status: 'success', message: 'Event processed', dedup_key: event.dedup_key })
  })
  app.post('/heartbeat', async (_request, reply) => reply.code(202).send())
  app.get('/', async (_request, reply) =>
    reply.headers(pageHeaders).send(inboxPage(incidents, links, clock.now())),
  )
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    incidents: () => incidents,
    link: (others) => {
      links = others
    },
    close: () => app.close(),
  }
}
