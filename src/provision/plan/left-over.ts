import { isNamed, isOwned, longerPrefix, type NamedInManifest, ownerOf } from '../resource/owner.ts'
import {
  type Actual,
  type Address,
  addressKey,
  addressTitle,
  type DesiredState,
} from '../resource/resource.ts'
import { addressOrder } from './change-order.ts'

/*
 * What becomes of live objects that a manifest does not declare. Absence deletes nothing by itself: an object goes
 * when `removed` names it, when it is owned and the manifest prunes, or when it is owned and a second one of an object
 * that is declared, as a replacement that was cut short leaves it. What is owned and stays is left over.
 */

/** An owned object that nothing declares and nothing deletes. */
export interface LeftOver {
  readonly actual: Actual
  /** The longer prefix, such as `sre-prod-`, for which pruning spares it; null: the manifest does not prune. */
  readonly longer: string | null
}

export interface Undeclared {
  readonly deleted: readonly Actual[]
  readonly leftOver: readonly LeftOver[]
}

export function sortUndeclared(extra: readonly Actual[], desired: DesiredState): Undeclared {
  const deleted: Actual[] = []
  const leftOver: LeftOver[] = []
  for (const actual of extra) {
    const { resource } = actual
    const owner = ownerOf(resource, desired.owners)
    if (isNamed(resource, desired.removed) || isOwnTwin(resource, desired)) deleted.push(actual)
    else if (owner?.prune === true) {
      const longer = longerPrefix(resource, owner, desired.declared)
      if (longer === null) deleted.push(actual)
      else leftOver.push({ actual, longer })
    } else if (owner !== null) leftOver.push({ actual, longer: null })
  }
  return { deleted, leftOver }
}

/** Whether it has the address of a declared object, and both are the manifest's own. */
function isOwnTwin(address: Address, desired: DesiredState): boolean {
  const key = addressKey(address)
  const isDeclared = desired.resources.some(({ adopt, resource }) => !adopt && addressKey(resource) === key)
  return isDeclared && isSurelyOwned(address, desired)
}

/** What `destroy` deletes: what is owned and declared, and what an apply would delete. */
export function sortForDestroy(live: readonly Actual[], desired: DesiredState): Undeclared {
  const isDeclared = ({ resource }: Actual) =>
    isOwned(resource, desired.owners) && isNamed(resource, desired.declared)
  const rest = sortUndeclared(
    live.filter((one) => !isDeclared(one)),
    desired,
  )
  return { ...rest, deleted: [...live.filter(isDeclared), ...rest.deleted] }
}

/** Whether an object is its owner's, and not perhaps that of an owner with a longer prefix. */
export function isSurelyOwned(address: Address, { owners, declared }: DesiredState): boolean {
  const owner = ownerOf(address, owners)
  return owner !== null && longerPrefix(address, owner, declared) === null
}

/** Left-over objects that are named before the others are only counted. */
const maxNamed = 20

export function leftOverNotes(leftOver: readonly LeftOver[]): readonly string[] {
  const inOrder = [...leftOver].sort((a, b) => addressOrder(a.actual.resource, b.actual.resource))
  const more = inOrder.length - maxNamed
  return [
    ...inOrder.slice(0, maxNamed).map(({ actual: { id, resource }, longer }) => {
      const object = `${addressTitle(resource)} (id ${id}) is left over`
      return longer === null
        ? `${object}: nothing declares it; to delete it, list its name under "removed"`
        : `${object}: "prune" spares it, as ${longer} may be the prefix of another owner; to delete it, list its name under "removed"`
    }),
    ...(more > 0 ? [`${more} more objects are left over: no file declares them`] : []),
  ]
}

/** Names under `removed` that nothing live has: they have done their work, or are misspelt. */
export function goneNotes(removed: readonly NamedInManifest[], live: readonly Actual[]): readonly string[] {
  const gone = removed.filter((one) => !live.some(({ resource }) => isNamed(resource, [one])))
  return [...new Set(gone.map(({ name }) => name))].map(
    (name) => `removed: nothing live in the scopes of this manifest is called ${name}`,
  )
}
