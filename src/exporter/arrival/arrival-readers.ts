/* What reads places, opened when it is needed first and kept: one for each way of reading. */
import type { FileReader, RecordReader } from '../../domain/arrival/arrival-rule.ts'
import { InternalError } from '../../errors.ts'
import type { ObjectLister } from '../../ports/object-lister.ts'
import type { RecordCounter } from '../../ports/record-counter.ts'
import type { ArrivalGroup } from './arrival-groups.ts'

export interface ArrivalReaders {
  /** Of a group whose place has files. */
  lister(group: Pick<ArrivalGroup, 'rule'>): ObjectLister
  /** Of one whose place has records. */
  counter(group: Pick<ArrivalGroup, 'rule'>): RecordCounter
  close(): void
}

export interface OpenReaders {
  readonly lister: (read: FileReader) => ObjectLister
  readonly counter: (read: RecordReader) => RecordCounter
}

export function createArrivalReaders(open: OpenReaders): ArrivalReaders {
  const listers = new Map<string, ObjectLister>()
  const counters = new Map<string, RecordCounter>()
  return {
    lister({ rule: { read } }) {
      if (read.kind === 'elastic') throw new InternalError('Elasticsearch has no files')
      return opened(listers, read, open.lister)
    },
    counter({ rule: { read } }) {
      if (read.kind !== 'elastic') throw new InternalError(`${read.kind} has no records`)
      return opened(counters, read, open.counter)
    },
    close() {
      for (const lister of listers.values()) lister.close()
      listers.clear()
      counters.clear()
    },
  }
}

function opened<R, T>(known: Map<string, T>, read: R, open: (read: R) => T): T {
  const key = JSON.stringify(read)
  const reader = known.get(key) ?? open(read)
  known.set(key, reader)
  return reader
}
