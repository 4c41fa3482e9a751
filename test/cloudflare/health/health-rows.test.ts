import t from 'tap'
import { mergeRows } from '../../../src/cloudflare/health/health-rows.ts'
import type { HealthRow } from '../../../src/domain/ledger/health-row.ts'

const row: HealthRow = {
  minute: 10,
  jobId: '7',
  destinationType: 's3',
  status: 200,
  final: true,
  success: true,
  uploads: 3,
  records: 30,
  bytes: 300,
  compressedBytes: 60,
  uploadSeconds: 1.5,
  sampleInterval: 2,
  lastUpload: 1000,
}

t.test('merged rows add up, and their sample interval is weighted by uploads', async (t) => {
  const other = { ...row, uploads: 5, records: 1, bytes: 2, compressedBytes: 3, uploadSeconds: 4 }
  t.same(mergeRows([row, { ...other, sampleInterval: 10, lastUpload: 900 }]), [
    {
      ...row,
      uploads: 8,
      records: 31,
      bytes: 302,
      compressedBytes: 63,
      uploadSeconds: 5.5,
      sampleInterval: (2 * 3 + 10 * 5) / 8,
      lastUpload: 1000,
    },
  ])
  const [quiet] = mergeRows([
    { ...row, uploads: 0 },
    { ...row, uploads: 0, sampleInterval: 4 },
  ])
  t.equal(quiet?.sampleInterval, 4, 'without uploads the larger one')
})

t.test('rows that differ in anything that is counted apart stay apart', async (t) => {
  const others: readonly Partial<HealthRow>[] = [
    { minute: 11 },
    { jobId: '8' },
    { destinationType: 'r2' },
    { status: 204 },
    { final: false },
    { success: false },
  ]
  t.equal(mergeRows([row, ...others.map((edit) => ({ ...row, ...edit })), row]).length, 1 + others.length)
})
