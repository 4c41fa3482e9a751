import t from 'tap'
import { textWidth } from '../../../src/domain/text-width.ts'
import type { ApplyEvent } from '../../../src/provision/apply/apply-event.ts'
import type { Subject } from '../../../src/provision/apply/apply-outcome.ts'
import { jsonProgress, plainProgress, terminalProgress } from '../../../src/provision/report/progress.ts'
import { noColors } from '../../support/colors.ts'

const job: Subject = { change: 'create', kind: 'job', name: 'sre-http', scope: 'zone quay.example' }
const proof: Subject = { change: 'prove', kind: 'destination', name: 's3://quay-logs', scope: 'zone 1' }
const bad: Subject = { change: 'delete', kind: 'policy', name: 'sre-\u001b[2Jx', scope: 'account Quay' }
const summary = {
  created: 1,
  updated: 0,
  replaced: 0,
  adopted: 0,
  deleted: 0,
  failed: 1,
  refused: 0,
  skipped: 0,
  not_started: 0,
}
const events: readonly ApplyEvent[] = [
  { event: 'begin', steps: 3 },
  { event: 'step', subject: proof, step: { state: 'started' } },
  { event: 'step', subject: job, step: { state: 'started' } },
  {
    event: 'step',
    subject: proof,
    step: { state: 'waiting', reason: 'for s3://quay-logs/f.txt: not there yet' },
  },
  { event: 'step', subject: proof, step: { state: 'done', id: null, note: null } },
  { event: 'step', subject: job, step: { state: 'done', id: '7', note: 'the answer was lost' } },
  { event: 'step', subject: bad, step: { state: 'failed', reason: 'no' } },
  { event: 'end', stopped: null, summary },
]

/** What a terminal shows after it obeyed the cursor movements. */
function screen(writes: readonly string[]): readonly string[] {
  const rows: string[] = []
  for (const write of writes) {
    const [up = '', rest = write] = write.startsWith('\u001b[') ? write.slice(2).split('A\u001b[0J') : []
    if (up !== '') rows.splice(rows.length - Number(up))
    rows.push(...rest.split('\n').slice(0, -1))
  }
  return rows
}

t.test('without a terminal: a line for each end and each wait', async (t) => {
  const lines: string[] = []
  const progress = plainProgress((line) => lines.push(line))
  for (const event of events.toSpliced(4, 0, ...events.slice(3, 4))) progress.show(event)
  t.same(lines, [
    '[0/3] verify ownership of s3://quay-logs (zone 1): waiting: for s3://quay-logs/f.txt: not there yet',
    '[1/3] verify ownership of s3://quay-logs (zone 1): done',
    '[2/3] create job sre-http (zone quay.example): done; the answer was lost',
    '[3/3] delete policy sre-□[2Jx (account Quay): failed: no',
  ])
})

t.test('on a terminal: finished lines stay, the others are drawn again', async (t) => {
  const writes: string[] = []
  const progress = terminalProgress(
    (text) => writes.push(text),
    () => 60,
    noColors,
  )
  for (const event of events.slice(0, 4)) progress.show(event)
  t.same(screen(writes), [
    '… verify ownership of s3://quay-logs (zone 1): waiting: for…',
    '… create job sre-http (zone quay.example): in progress',
    '0 of 3 done',
  ])
  for (const event of events.slice(4, 6)) progress.show(event)
  t.same(screen(writes), [
    '✔ verify ownership of s3://quay-logs (zone 1): done',
    '✔ create job sre-http (zone quay.example): done; the answer was lost',
    '2 of 3 done',
  ])
  for (const event of events.slice(6)) progress.show(event)
  t.same(screen(writes), [
    '✔ verify ownership of s3://quay-logs (zone 1): done',
    '✔ create job sre-http (zone quay.example): done; the answer was lost',
    '✖ delete policy sre-□[2Jx (account Quay): failed: no',
  ])
})

t.test('on a terminal: no drawing is taller than a window, and no line of it wider', async (t) => {
  const writes: string[] = []
  const progress = terminalProgress(
    (text) => writes.push(text),
    () => 40,
    noColors,
  )
  progress.show({ event: 'begin', steps: 32 })
  for (let n = 0; n < 32; n += 1) {
    const subject: Subject = { ...job, name: `sre-${n}`, scope: 'account 運用運用運用' }
    progress.show({ event: 'step', subject, step: { state: 'started' } })
  }
  const lines = screen(writes)
  t.equal(lines.length, 10)
  t.same(lines.slice(-2), ['… and 24 more', '0 of 32 done'])
  for (const line of lines) t.ok(textWidth(line) <= 40, line)
})

t.test('for programs: one JSON object a line', async (t) => {
  const lines: string[] = []
  const progress = jsonProgress((line) => lines.push(line))
  for (const event of events) progress.show(event)
  t.equal(lines.length, events.length)
  t.same(JSON.parse(lines[3] ?? ''), {
    event: 'step',
    change: 'prove',
    kind: 'destination',
    name: 's3://quay-logs',
    scope: 'zone 1',
    state: 'waiting',
    reason: 'for s3://quay-logs/f.txt: not there yet',
  })
  t.same(JSON.parse(lines[7] ?? ''), { event: 'end', stopped: null, summary })
})
