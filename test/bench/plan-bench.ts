import { plannedFleet } from '../support/planned-fleet.ts'
import type { Figure } from './figures.ts'

/** `provision plan` over zones with three jobs each and nothing to change. */
export async function planFigures(zones: number): Promise<readonly Figure[]> {
  const { seconds, firstLineSeconds, requests, peakMb } = await plannedFleet(zones)
  const what = (name: string) => `plan of ${zones.toLocaleString('en')} zones, ${name}`
  const total = [...requests.values()].reduce((sum, count) => sum + count, 0)
  return [
    {
      what: what('time'),
      value: seconds,
      unit: 's',
      ...(zones === 200 ? { bar: { most: 30, why: 'below 30 s' } } : {}),
    },
    { what: what('first line of progress'), value: firstLineSeconds, unit: 's' },
    {
      what: what('lists of jobs'),
      value: requests.get('rest list_jobs') ?? 0,
      unit: 'requests',
      bar: { most: zones, why: '1 for each scope' },
    },
    { what: what('all requests'), value: total, unit: 'requests' },
    { what: what('memory, peak RSS'), value: peakMb, unit: 'MB' },
  ]
}
