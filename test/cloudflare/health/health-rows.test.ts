import t from 'tap'
import { readHealthRow } from '../../../src/cloudflare/health/health-rows.ts'
import { minuteOf } from '../../../src/domain/time.ts'

const at = Date.UTC(2026, 10, 24, 3, 1)
const dimensions = {
  datetimeMinute: '2026-11-24T03:01:00Z',
  jobId: 7,
  destinationType: 'S3',
  status: 200,
  final: 1,
  success: 0,
}
const sum = { uploads: 4, records: '100', bytes: 2_000, bytesCompressed: 500 }
const whole = {
  dimensions,
  sum,
  avg: { uploadDuration: 0.5, sampleInterval: 2 },
  max: { timestamp: '2026-11-24T03:01:40Z' },
}

t.test('a whole row is read into our names and units', (t) => {
  t.strictSame(readHealthRow(whole), {
    ok: true,
    row: {
      minute: minuteOf(at),
      jobId: '7',
      destinationType: 's3',
      status: 200,
      final: true,
      success: false,
      uploads: 4,
      records: 100,
      bytes: 2_000,
      compressedBytes: 500,
      uploadSeconds: 2,
      sampleInterval: 2,
      lastUpload: at + 40_000,
    },
  })
  t.end()
})

t.test('each field that counting needs makes the row unreadable, and is named', (t) => {
  const bad: Readonly<Record<string, readonly unknown[]>> = {
    datetimeMinute: [undefined, null, 1, '', 'soon', '0001-01-01T00:00:00Z'],
    jobId: [undefined, null, '', 'x', -7, 1.5, 2 ** 53, '7\n', true],
    status: [undefined, null, '200', 200.5, 2 ** 53, Number.POSITIVE_INFINITY],
    final: [undefined, null, 2, '1', true],
    success: [undefined, null, -1, '0', false],
  }
  for (const [field, values] of Object.entries(bad))
    for (const value of values)
      t.strictSame(
        readHealthRow({ ...whole, dimensions: { ...dimensions, [field]: value } }),
        { ok: false, field: `dimensions.${field}` },
        `${field} ${String(value)}`,
      )
  const noCount = [undefined, null, -1, '', '-1', '1e3', '1.5', Number.POSITIVE_INFINITY, '9'.repeat(400), []]
  for (const field of Object.keys(sum))
    for (const value of noCount)
      t.strictSame(
        readHealthRow({ ...whole, sum: { ...sum, [field]: value } }),
        { ok: false, field: `sum.${field}` },
        `${field} ${String(value)}`,
      )
  for (const value of [undefined, null, [], 'x', 7]) {
    t.strictSame(readHealthRow({ ...whole, dimensions: value }), { ok: false, field: 'dimensions' })
    t.strictSame(readHealthRow({ ...whole, sum: value }), { ok: false, field: 'sum' })
    t.strictSame(readHealthRow(value), { ok: false, field: '' })
  }
  t.end()
})

t.test('of several fields that cannot be read the first is named', (t) => {
  t.match(readHealthRow({ dimensions: { ...dimensions, status: null, final: null }, sum: null }), {
    field: 'dimensions.status',
  })
  t.end()
})

t.test('a destination type never has the sign that keys are made with', (t) => {
  for (const [sent, read] of [
    ['a|b|C', 'a_b_c'],
    [null, 'unknown'],
    [7, 'unknown'],
  ])
    t.match(readHealthRow({ ...whole, dimensions: { ...dimensions, destinationType: sent } }), {
      row: { destinationType: read },
    })
  t.end()
})
