import type { OnPlanning, PlanningEvent } from '../plan/planning-event.ts'

/** Up to this many are read before anybody wonders. */
const few = 10
const everyMs = 5_000

const what: Readonly<Record<PlanningEvent['reading'], { verb: string; of: string }>> = {
  zones: { verb: 'Listing zones', of: 'zones' },
  jobs: { verb: 'Reading jobs', of: 'scopes' },
  destinations: { verb: 'Checking destinations', of: 'destinations' },
}

/**
 * Says in whole lines what a plan over many zones is reading: at once, then every 5 s with the time that is left at
 * this pace. `now` is monotonic, in milliseconds.
 */
export function planningProgress(line: (text: string) => void, now: () => number): OnPlanning {
  let reading: PlanningEvent['reading'] | null = null
  let begun = 0
  let said = 0
  return (event) => {
    const { done, total } = event
    if (total !== null && (total <= few || done === total)) return
    const { verb, of } = what[event.reading]
    if (reading !== event.reading) {
      reading = event.reading
      begun = now()
      said = begun
      line(total === null ? `${verb}: ${done} so far` : `${verb}: ${total} ${of}`)
      return
    }
    if (now() - said < everyMs) return
    said = now()
    if (total === null) line(`${verb}: ${done} so far`)
    else line(`${verb}: ${done} of ${total} ${of}${left((now() - begun) / done, total - done)}`)
  }
}

function left(msEach: number, rest: number): string {
  return Number.isFinite(msEach) ? `, about ${Math.ceil((msEach * rest) / 1000)} s left` : ''
}
