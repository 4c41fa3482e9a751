import { isObject } from '../../domain/plain-value.ts'

/*
 * Filters of a notification policy: which of an alert's causes notify. Each is a set of texts, and one without any is
 * the same as none.
 */

export type PolicyFilters = Readonly<Record<string, readonly string[]>>

/** Keys and values in one order, each value once, empty filters left out. */
export function policyFilters(given: PolicyFilters): PolicyFilters {
  const names = Object.keys(given).sort()
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = [...new Set(given[name])].sort()
      return values.length === 0 ? [] : [[name, values] as const]
    }),
  )
}

/** Filters as the API or Terraform has them; what is no text is shown as JSON, so that it never counts as nothing. */
export function livePolicyFilters(live: unknown): PolicyFilters {
  if (!isObject(live)) return {}
  const lists = Object.entries(live).map(([name, value]) => [name, textsOf(value)] as const)
  return policyFilters(Object.fromEntries(lists))
}

function textsOf(value: unknown): readonly string[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap(textsOf)
  return [typeof value === 'object' ? JSON.stringify(value) : String(value)]
}
