import t from 'tap'
import type { ArrivalStatus } from '../../../src/exporter/view/arrival-status.ts'
import { arrivalJson } from '../../../src/http/pages/arrival-json.ts'
import { unseenArrival } from '../../support/arrival-values.ts'
import { minute } from '../../support/status-world.ts'

const at = Date.UTC(2026, 10, 24, 3)
const iso = (when: number) => new Date(when).toISOString().replace('.000', '')

const json = (edit: Partial<ArrivalStatus>) => arrivalJson({ ...unseenArrival, ...edit })

t.test('what is not known is null, and a list of nothing is empty', async (t) => {
  t.strictSame(json({}), {
    place: 'gs://logs',
    unit: 'files',
    jobs: ['7'],
    failure: null,
    complete_to: null,
    not_arriving: false,
    missing_ratio: null,
    min_ratio: 0.98,
    watched_since: null,
    files: null,
    bytes: null,
    records: null,
    late_files: null,
    newest_file_end: null,
    gap_seconds: null,
    gaps: [],
    open_gaps: [],
    slots: [],
    list_command: 'gcloud storage ls gs://logs/',
  })
})

t.test('what was found of files is given in seconds and UTC', async (t) => {
  const gap = { from: at - 3 * minute, to: at - 2 * minute }
  const found = {
    since: at - 60 * minute,
    files: 5,
    bytes: 700,
    lateFiles: 2,
    newestEnd: at - minute,
    gapMs: 90_000,
    gaps: [gap],
    openGaps: [{ from: at - minute, to: at }],
  }
  const slots = [{ start: at - 5 * minute, pushed: { count: 3, bytes: 30 }, arrived: null }]
  t.match(json({ found, slots, failure: { kind: 'auth', message: 'no', since: at }, completeTo: at }), {
    failure: { kind: 'auth', message: 'no', since: iso(at) },
    complete_to: iso(at),
    watched_since: iso(at - 60 * minute),
    files: 5,
    bytes: 700,
    late_files: 2,
    newest_file_end: iso(at - minute),
    gap_seconds: 90,
    gaps: [{ from: iso(gap.from), to: iso(gap.to) }],
    open_gaps: [{ from: iso(at - minute), to: iso(at) }],
    slots: [{ start: iso(at - 5 * minute), pushed: { files: 3, bytes: 30 }, arrived: null }],
  })
})

t.test('where records are counted there are no files and bytes', async (t) => {
  const slots = [{ start: at, pushed: { count: 3, bytes: 0 }, arrived: { count: 2, bytes: 0 } }]
  const records = { since: at - minute, count: 12 }
  t.match(json({ unit: 'records', records, slots }), {
    records: 12,
    files: null,
    watched_since: iso(at - minute),
    slots: [{ pushed: { records: 3 }, arrived: { records: 2 } }],
  })
})
