import type { RecordPlace } from './arrival-rule.ts'

/** What Elasticsearch's `_count` is asked: the documents of the place that came in from `gte` on and before `lt`. */
export function countBody(
  { timeField, query }: Pick<RecordPlace, 'timeField' | 'query'>,
  range: Readonly<Record<'gte' | 'lt', string>>,
): unknown {
  const words = query === null ? [] : [{ query_string: { query } }]
  return { query: { bool: { filter: [{ range: { [timeField]: range } }, ...words] } } }
}
