import type { Address, ResourceKind } from '../resource/resource.ts'
import { type Change, changeAddress, changeKey } from './change.ts'

/** By code units: the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const stage: Readonly<Record<ResourceKind, number>> = { webhook: 0, job: 1, policy: 2 }

/** Accounts before zones, then by name. */
export function addressOrder(a: Address, b: Address): number {
  return (
    stage[a.kind] - stage[b.kind] ||
    compareText(a.scope.kind, b.scope.kind) ||
    compareText(a.scope.name, b.scope.name) ||
    compareText(a.scope.id, b.scope.id) ||
    compareText(a.name, b.name)
  )
}

/** The order in which changes are done and shown: what others need first, deletes last and the other way round. */
export function changeOrder(a: Change, b: Change): number {
  const deletes = Number(a.change === 'delete') - Number(b.change === 'delete')
  if (deletes !== 0) return deletes
  const kinds = stage[a.kind] - stage[b.kind]
  if (kinds !== 0) return a.change === 'delete' ? -kinds : kinds
  return addressOrder(changeAddress(a), changeAddress(b)) || compareText(changeKey(a), changeKey(b))
}
