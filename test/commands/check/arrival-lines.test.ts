import t from 'tap'
import { arrivalLines } from '../../../src/commands/check/arrival-lines.ts'
import type { ArrivalReport } from '../../../src/commands/check/report-shape.ts'
import { goodReport } from '../../support/check-values.ts'

/* What is said of the destinations. */

const works: ArrivalReport = {
  scope: 'zone quay.example',
  job_id: '7',
  job: 'http',
  state: 'works',
  place: 's3://logs/http',
  reader: 's3',
  message: null,
  right: null,
  found: 3,
  newest_file_end: '2026-11-24T02:59:30.000Z',
}
const denied = { ...works, state: 'missing', message: 'access denied' } as const
const unread = { ...works, state: 'not_watched', place: null } as const
const lines = (arrival: readonly ArrivalReport[], width = Number.POSITIVE_INFINITY) =>
  arrivalLines({ ...goodReport, arrival }, width)
const times = (count: number, report: ArrivalReport) => Array.from({ length: count }, () => report)
/** The rows of the table, without padding. */
const rows = (arrival: readonly ArrivalReport[]) =>
  lines(arrival)
    .slice(2)
    .map((line) => line.replace(/ {2,}/g, ' | '))

t.test('without rules nothing is said', async (t) => {
  t.strictSame(arrivalLines(goodReport, 80), [])
})

t.test('each destination is a row that says what was found there', async (t) => {
  t.strictSame(lines([works]), [
    '',
    'JOB                       DESTINATION     READING',
    'http (zone quay.example)  s3://logs/http  works, newest file ends 2026-11-24 02:59 UTC',
  ])
  const [row] = rows([{ ...works, job: '', place: null, newest_file_end: null }])
  t.equal(row, '7 (zone quay.example) | - | works, no file in the last hour')
  const records = { ...works, reader: 'elastic', newest_file_end: null }
  t.match(rows([records])[0], / \| works, 3 records in the last hour$/)
  t.match(rows([{ ...records, found: null }])[0], / \| works, 0 records in the last hour$/)
})

t.test('destinations that cannot be read have their reason below, once', async (t) => {
  const failed = { ...denied, state: 'failed' } as const
  t.strictSame(rows([denied, { ...failed, job: '' }, { ...failed, message: 'no bucket' }, works]), [
    'http (zone quay.example) | s3://logs/http | NOT PERMITTED',
    '7 (zone quay.example) | s3://logs/http | FAILED',
    'http (zone quay.example) | s3://logs/http | FAILED',
    'http (zone quay.example) | s3://logs/http | works, newest file ends 2026-11-24 02:59 UTC',
    '',
    'These destinations cannot be read:',
    ' | access denied: http, 7',
    ' | no bucket: http',
  ])
})

t.test('a table that is too wide becomes a list', async (t) => {
  const [, , row = ''] = lines([works])
  t.strictSame(lines([works], row.length), lines([works]))
  t.strictSame(lines([works], row.length - 1), [
    '',
    'http (zone quay.example)',
    '  s3://logs/http',
    '  works, newest file ends 2026-11-24 02:59 UTC',
  ])
})

t.test('of more than twenty jobs those that work are counted only', async (t) => {
  t.equal(rows(times(20, works)).length, 20)
  t.strictSame(lines(times(21, works)), ['', '21 jobs whose destination can be read'])
  const mixed = [denied, ...times(20, works)]
  t.strictSame(rows(mixed), [
    'http (zone quay.example) | s3://logs/http | NOT PERMITTED',
    'and 20 jobs whose destination can be read',
    '',
    'These destinations cannot be read:',
    ' | access denied: http',
  ])
  t.match(lines([works, ...times(20, denied)]), /and 1 job whose destination can be read/)
})

t.test('jobs that are not read are counted, and do not count as twenty-one', async (t) => {
  const reason = 'not read: no rule under arrival names them, or they have no files'
  t.strictSame(lines([unread]), ['', `1 job ${reason}`])
  const many = lines([...times(20, works), unread, unread])
  t.equal(many.length, 23)
  t.equal(many.at(-1), `2 jobs ${reason}`)
})

t.test('of many jobs with one reason five are named', async (t) => {
  t.equal(lines(times(5, denied)).at(-1), '  access denied: http, http, http, http, http')
  t.equal(lines(times(7, denied)).at(-1), '  access denied: http, http, http, http, http and 2 more')
})
