import t from 'tap'
import type { ArrivalReader } from '../../../src/domain/arrival/arrival-rule.ts'
import { createArrivalReaders } from '../../../src/exporter/arrival/arrival-readers.ts'
import { arrivalRule } from '../../support/arrival-core.ts'
import { createFakeCounter } from '../../support/fake-counter.ts'
import { createFakeStore } from '../../support/fake-store.ts'

const place = { store: 'elastic', url: 'https://e.example', index: 'i', timeField: 't', query: null } as const
const records: ArrivalReader = { kind: 'elastic', place, apiKeyFile: null }
const group = (read: ArrivalReader) => ({ rule: { ...arrivalRule, read } })

function createOpened() {
  const opened: string[] = []
  let closed = 0
  const readers = createArrivalReaders({
    lister: (read) => {
      opened.push(read.kind)
      return {
        ...createFakeStore(),
        close: () => {
          closed += 1
        },
      }
    },
    counter: (read) => {
      opened.push(read.kind)
      return createFakeCounter()
    },
  })
  return { opened, readers, closed: () => closed }
}

t.test('each way of reading is opened once, when it is needed', async (t) => {
  const { opened, readers } = createOpened()
  t.same(opened, [])
  const first = readers.lister(group({ kind: 's3' }))
  t.equal(readers.lister(group({ kind: 's3' })), first)
  t.not(readers.lister(group({ kind: 's3', region: 'eu-west-1' })), first)
  t.equal(readers.counter(group(records)), readers.counter(group(records)))
  t.same(opened, ['s3', 's3', 'elastic'])
})

t.test('what was opened is closed with the readers, and opened anew when it is needed again', async (t) => {
  const { opened, readers, closed } = createOpened()
  const first = readers.lister(group({ kind: 's3' }))
  readers.lister(group({ kind: 'gcs' }))
  const counter = readers.counter(group(records))
  readers.close()
  t.equal(closed(), 2)
  readers.close()
  t.equal(closed(), 2, 'once each')
  t.not(readers.lister(group({ kind: 's3' })), first)
  t.not(readers.counter(group(records)), counter)
  t.same(opened, ['s3', 'gcs', 'elastic', 's3', 'elastic'])
})

t.test('asking for files of an index, or records of a bucket, is an error of ours', async (t) => {
  const { readers } = createOpened()
  t.throws(() => readers.lister(group(records)), { message: /Elasticsearch has no files/ })
  t.throws(() => readers.counter(group({ kind: 'gcs' })), { message: /gcs has no records/ })
})
