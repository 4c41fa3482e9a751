import type { HealthRow } from '../../src/domain/ledger/health-row.ts'
import { minuteMs } from '../../src/domain/time.ts'

/** A row of one upload that was delivered at the beginning of its minute, by job 7 unless told otherwise. */
export function aHealthRow(edit: Partial<HealthRow> & Pick<HealthRow, 'minute'>): HealthRow {
  return {
    jobId: '7',
    destinationType: 's3',
    status: 200,
    final: true,
    success: true,
    uploads: 1,
    records: 10,
    bytes: 100,
    compressedBytes: 10,
    uploadSeconds: 0.5,
    sampleInterval: 1,
    lastUpload: edit.minute * minuteMs,
    ...edit,
  }
}
