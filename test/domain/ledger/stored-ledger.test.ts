import t from 'tap'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { ledgerFromRecord, ledgerToRecord } from '../../../src/domain/ledger/stored-ledger.ts'

const counts = { uploads: 1, records: 2, bytes: 3, compressedBytes: 4, uploadSeconds: 5.5 }
const totals = {
  attempts: new Map([
    ['s3|200|11', 6],
    ['s3|503|00', 7],
  ]),
  records: 8,
  bytes: 9,
  compressedBytes: 10,
  recordsLost: 11,
  bytesLost: 12,
  uploadSeconds: 13.5,
  lastUpload: 14,
  sampleInterval: 1.5,
}
const ledger = {
  ...beginLedger(1000),
  readTo: 1001,
  lateRows: 2,
  gapSeconds: 60,
  open: new Map([[1000, new Map([['7|s3|200|11', counts]])]]),
  totals: new Map([['7', totals]]),
}
const record = ledgerToRecord(ledger)
const read = (edit: object) => ledgerFromRecord({ ...record, ...edit })

t.test('a ledger is written as every version writes it', async (t) => {
  t.same(record, {
    watermark: 1000,
    readTo: 1001,
    lateRows: 2,
    gapSeconds: 60,
    open: [[1000, '7|s3|200|11', 1, 2, 3, 4, 5.5]],
    totals: [['7', 8, 9, 10, 11, 12, 13.5, 14, 1.5, 's3|200|11', 6, 's3|503|00', 7]],
  })
  t.same(ledgerFromRecord(JSON.parse(JSON.stringify(record))), ledger)
})

t.test('a minute without rows and a job without attempts are whole', async (t) => {
  t.same(read({ open: [[1000]] })?.open, new Map([[1000, new Map()]]))
  t.equal(read({ totals: [['7', 0, 0, 0, 0, 0, 0, 0, 0]] })?.totals.get('7')?.attempts.size, 0)
  t.same(read({ open: [], totals: [] }), { ...ledger, open: new Map(), totals: new Map() })
})

t.test('an upload at 0 and an interval of 0 are known', async (t) => {
  const times = (lastUpload: number, interval: number) =>
    read({ totals: [['7', 0, 0, 0, 0, 0, 0, lastUpload, interval]] })?.totals.get('7')
  t.match(times(0, 0), { lastUpload: 0, sampleInterval: 0 })
  t.match(times(-1, 0), { lastUpload: null, sampleInterval: 0 })
  t.match(times(0, -1), { lastUpload: 0, sampleInterval: null })
})

t.test('a line that is no list, or has no key, is damage', async (t) => {
  for (const part of ['open', 'totals'] as const) {
    const [line = []] = record[part]
    for (const damaged of [null, {}, 'text', []]) t.equal(read({ [part]: [damaged] }), null, part)
    for (const [index, cell] of line.entries())
      if (typeof cell === 'string')
        for (const value of [7, null, undefined])
          t.equal(read({ [part]: [line.map((kept, at) => (at === index ? value : kept))] }), null, part)
    t.equal(read({ [part]: [line, []] }), null, 'one line is enough')
    t.equal(read({ [part]: [...line, 1] }), null)
  }
})

t.test('a job lacks none of its eight numbers', async (t) => {
  for (let length = 0; length < 8; length += 1)
    t.equal(read({ totals: [['7', ...Array.from({ length }, () => 0)]] }), null, `${length}`)
})
