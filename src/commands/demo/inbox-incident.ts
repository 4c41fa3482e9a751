/* Incidents as PagerDuty keeps them: events with the same key are one, until it is resolved. */
import * as z from 'zod/mini'
import type { EpochMs } from '../../domain/time.ts'

const text = z.catch(z.string(), '')

const wireEvent = z.object({
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string(),
  payload: z.optional(
    z.object({
      summary: z.string(),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      class: text,
      component: text,
      group: text,
      custom_details: z.catch(z.record(z.string(), text), {}),
    }),
  ),
  links: z.catch(z.array(z.object({ href: z.string(), text })), []),
})

export type PagerDutyEvent = z.output<typeof wireEvent>

export interface Incident {
  readonly key: string
  readonly event: PagerDutyEvent & { readonly payload: NonNullable<PagerDutyEvent['payload']> }
  readonly openedAt: EpochMs
  readonly resolvedAt: EpochMs | null
}

/** Reads the body of an enqueue; null when it is not an event. */
export function readEvent(body: unknown): PagerDutyEvent | null {
  const parsed = wireEvent.safeParse(body)
  return parsed.success ? parsed.data : null
}

/** How many are kept; the oldest go first. */
const maxIncidents = 200

/** The incidents, newest first, after the event. */
export function takeEvent(
  incidents: readonly Incident[],
  event: PagerDutyEvent,
  now: EpochMs,
): readonly Incident[] {
  const open = incidents.find(({ key, resolvedAt }) => key === event.dedup_key && resolvedAt === null)
  const replace = (next: Incident): readonly Incident[] => incidents.map((one) => (one === open ? next : one))
  if (event.event_action === 'resolve') {
    return open === undefined ? incidents : replace({ ...open, resolvedAt: now })
  }
  const { payload } = event
  if (event.event_action === 'acknowledge' || payload === undefined) return incidents
  if (open !== undefined) return replace({ ...open, event: { ...event, payload } })
  const opened = { key: event.dedup_key, event: { ...event, payload }, openedAt: now, resolvedAt: null }
  return [opened, ...incidents].slice(0, maxIncidents)
}
