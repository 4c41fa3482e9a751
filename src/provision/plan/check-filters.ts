import { didYouMean, quoted } from '../../domain/positioned.ts'
import type { AlertFilter, AvailableAlert } from '../../ports/notifications.ts'
import { type Problem, problemOf } from '../resource/problem.ts'
import type { Create, Edit } from './change.ts'

export type PolicyChange = Extract<Create | Edit, { readonly kind: 'policy' }>

/**
 * Filters of a policy against those that Cloudflare lists for its alert. A list of none says little, as the API leaves
 * it out in places: then a filter is a warning.
 */
export function filterProblems(change: PolicyChange, alert: AvailableAlert): readonly Problem[] {
  const { resource } = change.desired
  const live = change.change === 'create' ? null : change.actual.resource.filters
  const has = (name: string) => Object.hasOwn(resource.filters ?? live ?? {}, name)
  const type = quoted(resource.alertType)
  const problem = (message: string, level: Problem['level'] = 'error') =>
    problemOf(change.desired, message, level)
  const missing = alert.filters.filter(({ name, isRequired }) => isRequired && !has(name))
  // Filters that are live stay as they are: only what the manifest says is judged.
  const said = Object.entries(resource.filters ?? {})
  return [
    ...missing.map(({ name, values }) =>
      problem(`the alert ${type} requires the filter ${quoted(name)}${ofValues(values)}`),
    ),
    ...said.flatMap(([name, values]) => {
      const known = alert.filters.find((filter) => filter.name === name)
      if (known !== undefined) return valueMistakes(known, values).map((text) => problem(text))
      if (!alert.isWhole) return []
      if (alert.filters.length === 0) {
        return [
          problem(
            `Cloudflare lists no filters for the alert ${type}, so "${name}" may be ignored`,
            'warning',
          ),
        ]
      }
      const names = alert.filters.map((filter) => filter.name)
      const hint = didYouMean(name, names) || `; it has ${names.map(quoted).join(', ')}`
      return [problem(`the alert ${type} has no filter ${quoted(name)}${hint}`)]
    }),
  ]
}

function valueMistakes(
  { name, values, maxValues }: AlertFilter,
  given: readonly string[],
): readonly string[] {
  const wrong = values === null ? [] : given.filter((value) => !values.includes(value))
  return [
    ...wrong.map((value) => {
      const hint = didYouMean(value, values ?? []) || ofValues(values)
      return `the filter ${quoted(name)} does not take ${quoted(value)}${hint}`
    }),
    ...(maxValues !== null && given.length > maxValues
      ? [`the filter ${quoted(name)} takes at most ${maxValues}, found ${given.length}`]
      : []),
  ]
}

const maxShown = 20

function ofValues(values: readonly string[] | null): string {
  if (values === null) return ''
  const more = values.length > maxShown ? ` and ${values.length - maxShown} more` : ''
  return `; it takes ${values.slice(0, maxShown).map(quoted).join(', ')}${more}`
}
