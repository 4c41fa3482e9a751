import { collectorKinds } from './collectors.ts'
import type { KindSpec } from './spec.ts'
import { storeKinds } from './stores.ts'

/*
 * Every kind of Logpush destination, as one table. Building, parsing, redaction, limits, checks, challenges
 * and the manifest's schema all read it, so a new kind is one entry in one of its two halves.
 *
 * `address` is what stands between `scheme://` and `?`; `{name}` stands for a field. Fields with `param`
 * are query parameters. Formats: Cloudflare's "Enable destinations" pages, as of October 2026.
 */

export const destinationKinds = { ...storeKinds, ...collectorKinds } as const

export type DestinationKind = keyof typeof destinationKinds

/** The kinds in the order in which a destination is tried against them: of one scheme, the narrower one first. */
export const destinationKindNames: readonly DestinationKind[] =
  Object.keys(destinationKinds).filter(isDestinationKind)

export function isDestinationKind(name: string): name is DestinationKind {
  return Object.hasOwn(destinationKinds, name)
}

/** The entry of a kind, without the exact types of its fields. */
export function kindSpec(kind: DestinationKind): KindSpec {
  return destinationKinds[kind]
}
