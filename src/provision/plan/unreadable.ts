import { scopeKey } from '../../domain/scope.ts'
import { isOwned, type Owner } from '../resource/owner.ts'
import { type Address, addressTitle, type UnreadableObject } from '../resource/resource.ts'

/* Live objects that cannot be read: a plan leaves each of them alone, and creates nothing that may be one of them. */

/** The unreadable object that an object may be: of its name, or of a name that cannot be read. */
export function unreadableTwin(
  address: Address,
  unreadable: readonly UnreadableObject[],
): UnreadableObject | null {
  const near = unreadable.filter(
    ({ kind, scope }) => kind === address.kind && scopeKey(scope) === scopeKey(address.scope),
  )
  return near.find(({ name }) => name === address.name) ?? near.find(({ name }) => name === null) ?? null
}

/** What is not done about objects that cannot be read. `held` is wanted, and may be there unread. */
export function unreadableNotes(
  held: readonly Address[],
  unreadable: readonly UnreadableObject[],
  owners: readonly Owner[],
): readonly string[] {
  const told = new Set<UnreadableObject>()
  const notes = held.flatMap((address) => {
    const twin = unreadableTwin(address, unreadable)
    if (twin === null) return []
    told.add(twin)
    return [
      twin.name === null
        ? `${addressTitle(address)} is not created: it may be the one ${which(twin)}`
        : `${addressTitle(address)} is left alone: ${unread(twin)}`,
    ]
  })
  const owned = unreadable.filter(
    (one) => !told.has(one) && isOwned({ ...one, name: one.name ?? '' }, owners),
  )
  return [
    ...notes,
    ...owned.map((one) => `${addressTitle({ ...one, name: one.name ?? '' })} is left alone: ${unread(one)}`),
  ]
}

function which({ id, field }: UnreadableObject): string {
  return `${id === null ? 'without a readable id' : `with id ${id}`}, of which ${field} cannot be read`
}

function unread({ id, field }: UnreadableObject): string {
  const object = id === null ? '' : ` of id ${id}`
  return `Cloudflare's answer cannot be read at ${field}${object}`
}
