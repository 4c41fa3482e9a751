import type { JsonValue } from '../resource/json-value.ts'
import { objectTitle } from './placeholders.ts'
import type { PortableJob, PortablePolicy, PortableWebhook } from './portable.ts'

/* A manifest knows objects by their names; Cloudflare knows jobs without one, and several objects of one name. */

/** What stands under `adopt`; null: nothing. */
export type Adoption = JsonValue

export interface Addressable<T> {
  readonly object: T
  readonly adopt: Adoption
}

/**
 * Those that a manifest can name. Of several objects of one name the first is declared, by its id: so the others
 * are not taken for what a replacement left behind.
 */
export function addressable<T extends PortableJob | PortableWebhook | PortablePolicy>(
  objects: readonly T[],
  owner: string | null,
  notes: string[],
): readonly Addressable<T>[] {
  const found = new Map<string, Addressable<T>>()
  for (const object of objects) {
    const { resource, id } = object
    const { kind, name, scope } = resource
    const key = `${scope.kind} ${scope.id} ${scope.name} ${name}`
    const known = found.get(key)
    const numbered = id === null ? 'without an id' : `id ${id}`
    if (name === '') {
      notes.push(`A ${kind} without a name, ${numbered}, is skipped: give it one and import again.`)
    } else if (known === undefined) {
      const isOwned = owner !== null && name.startsWith(`${owner}-`)
      found.set(key, { object, adopt: isOwned ? null : true })
    } else {
      found.set(key, { ...known, adopt: byId(known.object.id) })
      notes.push(
        `${capital(objectTitle(resource))}: a second one of this name, ${numbered}, is skipped; no plan deletes it. Rename or delete it.`,
      )
    }
  }
  return [...found.values()]
}

/** Jobs as they are, and those without a name with one of their dataset and id, which a plan gives them. */
export function addressableJobs(
  jobs: readonly PortableJob[],
  owner: string | null,
  notes: string[],
): readonly Addressable<PortableJob>[] {
  const named = jobs.map((job): PortableJob => {
    const { resource, id } = job
    if (resource.name !== '' || id === null) return job
    const name = `${owner === null ? '' : `${owner}-`}${resource.dataset}-${id}`
    const title = capital(objectTitle({ ...resource, name }))
    notes.push(`${title}: it has no name at Cloudflare; apply gives it this one, or another that you write.`)
    return { ...job, resource: { ...resource, name } }
  })
  return addressable(named, owner, notes).map((one) => {
    const isNew = !jobs.includes(one.object)
    return isNew ? { ...one, adopt: byId(one.object.id) } : one
  })
}

/** Taken over by its id, or by its name where the source does not know the id. */
function byId(id: string | null): Adoption {
  return id === null ? true : { id: /^[1-9]\d{0,14}$/.test(id) ? Number(id) : id }
}

export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
