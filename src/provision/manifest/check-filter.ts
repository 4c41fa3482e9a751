import { unfilterableFields } from '../../domain/dataset.ts'
import { quoted } from '../../domain/positioned.ts'
import { maxFilterBytes, maxOperators } from '../resource/filter-form.ts'
import type { ClauseValue } from './job-schema.ts'
import type { Report } from './report.ts'
import type { Path } from './tree.ts'

/** Checks a filter's conditions, and its size as Cloudflare counts it. */
export function checkFilter(
  report: Report,
  filter: { readonly where: ClauseValue },
  dataset: string,
  path: Path,
): void {
  const operators = checkClause(report, filter.where, dataset, [...path, 'where'])
  if (operators > maxOperators) {
    report.error(path, `expected at most ${maxOperators} operators, found ${operators}`)
    return
  }
  const bytes = new TextEncoder().encode(JSON.stringify(filter)).length
  if (bytes > maxFilterBytes) {
    report.error(path, `expected at most ${maxFilterBytes} bytes when written as JSON, found ${bytes}`)
  }
}

function checkClause(report: Report, clause: ClauseValue, dataset: string, path: Path): number {
  const joins = (['and', 'or'] as const).filter((name) => clause[name] !== undefined)
  const leaf = (['key', 'operator', 'value'] as const).filter((name) => clause[name] !== undefined)
  const [join] = joins
  if (join !== undefined && (leaf.length > 0 || joins.length > 1)) {
    report.error(
      path,
      `expected either key, operator and value, or and, or or; found ${[...leaf, ...joins].join(', ')}`,
    )
    return 0
  }
  if (join !== undefined) {
    const clauses = clause[join] ?? []
    if (clauses.length === 0) report.error([...path, join], 'expected at least one condition, found none')
    return clauses.reduce(
      (sum, one, index) => sum + checkClause(report, one, dataset, [...path, join, index]),
      0,
    )
  }
  if (leaf.length < 3) {
    const missing = ['key', 'operator', 'value'].filter((name) => !leaf.some((one) => one === name))
    report.error(path, `${missing.join(' and ')} missing; expected key, operator and value`)
    return 1
  }
  checkLeaf(report, clause, dataset, path)
  return 1
}

function checkLeaf(
  report: Report,
  { key = '', operator = 'eq', value }: ClauseValue,
  dataset: string,
  path: Path,
): void {
  const wantsList = operator === 'in' || operator === '!in'
  if (wantsList !== Array.isArray(value)) {
    const what = wantsList ? 'a list' : 'one value, not a list'
    report.error([...path, 'value'], `expected ${what} for the operator ${operator}`)
  }
  if (unfilterableFields(dataset).includes(key)) {
    report.error([...path, 'key'], `${dataset} cannot be filtered by ${quoted(key)}`)
  }
}
