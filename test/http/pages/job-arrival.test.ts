import t from 'tap'
import type { ArrivalStatus } from '../../../src/exporter/view/arrival-status.ts'
import { arrivalSection } from '../../../src/http/pages/job-arrival.ts'
import { unseenArrival } from '../../support/arrival-values.ts'
import { golden, pageText } from '../../support/page-text.ts'
import { hour, minute } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const gap = (index: number) => ({
  from: now - hour + index * minute,
  to: now - hour + (index + 0.5) * minute,
})
const amount = (count: number) => ({ count, bytes: count * 1000 })
const unseen: ArrivalStatus = {
  ...unseenArrival,
  place: 's3://quay-logs/http',
  command: 'aws s3 ls s3://quay-logs/http/20261124/',
}
const found = {
  since: now - 24 * hour,
  files: 1234,
  bytes: 5_000_000,
  lateFiles: 0,
  newestEnd: now - 2 * minute,
  gapMs: 0,
  gaps: [],
  openGaps: [],
}
const shown = (edit: Partial<ArrivalStatus>) =>
  pageText(arrivalSection('7', { ...unseen, ...edit }, './', now).html)
const verdict = (edit: Partial<ArrivalStatus>) =>
  /<p class="lead">(.*?)<\/p>/.exec(arrivalSection('7', { ...unseen, ...edit }, './', now).html)?.[1]

t.test('a job whose destination is not read has no such section', async (t) => {
  t.equal(arrivalSection('7', null, './', now).html, '')
})

t.test('before the first look nothing is claimed', async (t) => {
  golden(t, 'job-arrival-unseen', shown({}))
})

t.test('what was found, what is missing and what cannot be read stands there in full', async (t) => {
  const slots = Array.from({ length: 14 }, (_, index) => ({
    start: now - (14 - index) * 5 * minute,
    pushed: index === 0 ? null : amount(10),
    arrived: index === 13 ? null : amount(index === 12 ? 9 : 10),
  }))
  const all: Partial<ArrivalStatus> = {
    jobs: ['7', '8'],
    failure: { kind: 'forbidden', message: 'access denied', since: now - hour },
    completeTo: now - minute,
    found: {
      ...found,
      lateFiles: 3,
      gapMs: 4.5 * minute,
      gaps: Array.from({ length: 9 }, (_, index) => gap(index)),
      openGaps: [gap(20)],
    },
    slots,
  }
  golden(t, 'job-arrival-in-full', shown(all))
  const { html } = arrivalSection('7', { ...unseen, ...all }, './', now)
  t.equal(html.match(/<td><b>/g)?.length, 1, 'fewer files than were pushed stand out')
  t.match(html, '<td><b>9</b></td>')
})

t.test('where records are counted there are no files, gaps and bytes', async (t) => {
  const slots = [{ start: now - 5 * minute, pushed: amount(1000), arrived: amount(990) }]
  const records = { since: now - 24 * hour, count: 12_345 }
  const place = 'https://search.example/logs-*'
  golden(t, 'job-arrival-records', shown({ unit: 'records', place, records, missingShare: 0.01, slots }))
})

t.test('the verdict is the worst that is known', async (t) => {
  const gaps = { ...found, gapMs: 5 * minute, gaps: [gap(0)] }
  t.match(verdict({ silent: true, missingShare: 0.5, found: gaps }), /^<b>Nothing arrives/)
  t.match(verdict({ missingShare: 0.03, found: gaps }), /^<b>3(\.0)? ?% is missing<\/b>/)
  t.match(verdict({ missingShare: 0.02, found: gaps }), /^Files arrive; <b>5 min<\/b> are missing/)
  t.match(verdict({ missingShare: null, found }), /are compared once both are known/)
  t.match(verdict({ missingShare: 0.01, found }), /^What Cloudflare delivered is there/)
})

t.test('files are found late, or not; no file is not a file that ends now', async (t) => {
  const line = (term: string, edit: Partial<NonNullable<ArrivalStatus['found']>>) => {
    const lines = shown({ found: { ...found, ...edit } }).split('\n')
    return lines[lines.indexOf(term) + 1]
  }
  t.equal(line('Found', {}), '1,234 files, 5.0 MB since 2026-11-23 03:00 UTC')
  t.match(line('Found', { lateFiles: 1 }), /UTC, 1 of them late$/)
  t.equal(line('Newest file', {}), 'ends 2 min ago')
  t.equal(line('Newest file', { newestEnd: null }), 'none')
})

t.test('eight gaps are shown, and of more how many there are', async (t) => {
  const gaps = (count: number) =>
    shown({ found: { ...found, gaps: Array.from({ length: count }, (_, index) => gap(index)) } })
  t.equal(gaps(8).match(/^between /gm)?.length, 8)
  t.notMatch(gaps(8), /and \d+ more/)
  t.match(gaps(10), /^and 2 more$/m)
})

t.test('an hour of slots is shown, earlier ones are folded', async (t) => {
  const slots = (count: number, silent = 0) =>
    shown({
      slots: Array.from({ length: count + silent }, (_, index) => ({
        start: now - (count + silent - index) * 5 * minute,
        pushed: index < silent ? null : amount(1),
        arrived: null,
      })),
    })
  t.notMatch(slots(12), 'Earlier')
  t.match(slots(13), 'Earlier')
  t.notMatch(slots(12, 1), 'Earlier', 'a slot of which nothing is known is none')
  t.notMatch(slots(0, 3), /^Pushed and arrived$/m)
})

t.test('only fewer files than were pushed stand out, not more, and not what is not known', async (t) => {
  const standsOut = (pushed: number | null, arrived: number | null) => {
    const side = (count: number | null) => (count === null ? null : amount(count))
    const slots = [{ start: now - 5 * minute, pushed: side(pushed), arrived: side(arrived) }]
    return arrivalSection('7', { ...unseen, slots }, './', now).html.includes('<td><b>')
  }
  t.strictSame(
    [standsOut(2, 1), standsOut(2, 2), standsOut(1, 2), standsOut(null, 1), standsOut(1, null)],
    [true, false, false, false, false],
  )
})

t.test('jobs that write into the same folder are linked, the job itself is not', async (t) => {
  const others = (jobs: readonly string[]) =>
    [...arrivalSection('7', { ...unseen, jobs }, '../', now).html.matchAll(/href="([^"]*)"/g)].map(
      ([, href]) => href,
    )
  t.strictSame(others(['7']), [])
  t.strictSame(others(['7', '8', '9']), ['../jobs/8', '../jobs/9'])
})
