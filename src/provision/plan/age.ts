import { plainId } from '../../domain/notification/object-id.ts'
import type { Actual } from '../resource/resource.ts'
import { compareText } from './change-order.ts'

/* Which of several live objects of one name came first: that one is kept, by every run alike. */

/** Job ids grow; webhooks and policies say when they were made. Null: not known. */
export function isOlder(a: Actual, b: Actual): boolean | null {
  if (a.kind === 'job') return idOrder(a, b) < 0
  const [first, second] = [createdAt(a), createdAt(b)]
  return first === null || second === null || first === second ? null : first < second
}

/** The older first; where that is not known, in an order that is the same for everybody. */
export function byAge(a: Actual, b: Actual): number {
  const older = isOlder(a, b)
  return older === null ? idOrder(a, b) : older ? -1 : 1
}

function createdAt(object: Actual): number | null {
  return object.kind === 'job' ? null : object.live.createdAt
}

function idOrder(a: Actual, b: Actual): number {
  const [first, second] = [plainId(a.id), plainId(b.id)]
  return first.length - second.length || compareText(first, second)
}
