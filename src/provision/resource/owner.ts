import { accountOf, type Scope } from '../../domain/scope.ts'
import { fitsLiterals } from './reference.ts'

interface Placed {
  readonly scope: Scope
  readonly name: string
}

/** Objects of the account whose names start with `prefix` belong to the manifest. */
export interface Owner {
  readonly accountId: string
  /** With its dash, e.g. `sre-`. */
  readonly prefix: string
  /** Whether what is owned and not declared is deleted. Without it, only what `removed` names. */
  readonly prune: boolean
}

/** A name as a manifest writes it: `${…}` in it stands for any text. */
export interface NamedInManifest {
  readonly accountId: string
  readonly name: string
}

/** The owner of an object: of several that fit, the one with the longest prefix. Null: nobody's. */
export function ownerOf({ scope, name }: Placed, owners: readonly Owner[]): Owner | null {
  const account = accountOf(scope).id
  const fitting = owners.filter((owner) => owner.accountId === account && name.startsWith(owner.prefix))
  const longest = Math.max(...fitting.map(({ prefix }) => prefix.length))
  const own = fitting.filter(({ prefix }) => prefix.length === longest)
  return own.find(({ prune }) => prune) ?? own[0] ?? null
}

export function isOwned(address: Placed, owners: readonly Owner[]): boolean {
  return ownerOf(address, owners) !== null
}

export function isNamed({ scope, name }: Placed, names: readonly NamedInManifest[]): boolean {
  const account = accountOf(scope).id
  return names.some((one) => one.accountId === account && fitsLiterals(one.name.split(/\$\{[^}]*\}/), name))
}

/**
 * The longer prefix under which an object may belong to somebody else: `sre-prod-` of `sre-prod-http`, unless
 * something in the manifest bears it too. Null: none, so the object is its owner's.
 */
export function longerPrefix(
  { scope, name }: Placed,
  owner: Owner,
  declared: readonly NamedInManifest[],
): string | null {
  const stem = name.slice(0, name.lastIndexOf('-') + 1)
  if (stem.length <= owner.prefix.length) return null
  const account = accountOf(scope).id
  const literal = ({ name: written }: NamedInManifest) => written.split('${')[0] ?? ''
  return declared.some((one) => one.accountId === account && literal(one).startsWith(stem)) ? null : stem
}
