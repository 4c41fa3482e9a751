import { scopeTitle } from '../../domain/scope.ts'
import type { Secret } from '../../domain/secret.ts'
import { type Address, addressKey } from '../resource/resource.ts'
import type { Variable } from './portable.ts'

/** Gives every secret that is left out of a file a variable with a speaking name. */
export interface Placeholders {
  /** The name for a field's secret. The same secret in the same field of another object shares it. */
  nameOf(object: Address, field: string, value: Secret | null): string
  readonly variables: readonly Variable[]
}

export function createPlaceholders(): Placeholders {
  const taken = new Map<string, Variable & { readonly field: string; readonly owner: string }>()
  return {
    nameOf(object, field, value) {
      const owner = addressKey(object)
      for (const [name, known] of taken) {
        if (known.field !== field) continue
        if (value === null ? known.owner === owner : known.value?.equals(value) === true) return name
      }
      const name = firstFree(object, field, taken)
      taken.set(name, { name, what: `${field} of ${objectTitle(object)}`, value, field, owner })
      return name
    },
    get variables() {
      return [...taken.values()].map(({ name, what, value }) => ({ name, what, value }))
    },
  }
}

export function objectTitle({ kind, name, scope }: Address): string {
  const where = scope.kind === 'zone' ? ` in ${scopeTitle(scope)}` : ''
  return `${kind} ${name}${where}`
}

function firstFree(object: Address, field: string, taken: ReadonlyMap<string, unknown>): string {
  const tail = field.replace(/^destination\./, '')
  const { name, scope } = object
  const place = scope.kind === 'zone' ? scope.name || scope.id : scope.kind
  return freeName(variableName(`${name} ${tail}`), variableName(`${name} ${place} ${tail}`), (text) =>
    taken.has(text),
  )
}

/** The short name, else the long one, with a number where that is taken as well. */
export function freeName(short: string, long: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(short)) return short
  let free = long
  for (let number = 2; isTaken(free); number += 1) free = `${long}_${number}`
  return free
}

export function variableName(text: string): string {
  const name = text
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return /^[A-Z]/.test(name) ? name : `X_${name}`
}
