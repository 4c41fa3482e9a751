import type { Asked } from '../api/api-pipeline.ts'
import { graphqlRefusal, type HealthQuery, healthQueryOf } from './graphql-query.ts'
import type { Variant } from './variant.ts'

const minute = 60_000
/* Narrower than any plan's, so that what an exporter asks by itself is beyond them. */
const oldestMs = 20 * minute
const widestMs = 5 * minute
const mostFields = 12

type Limited = (query: HealthQuery, asked: Asked) => boolean

const tooOld: Limited = ({ rows, fromMs }, { nowMs }) => rows && fromMs < nowMs - oldestMs
const tooWide: Limited = ({ rows, fromMs, toMs }) => rows && toMs - fromMs > widestMs
const tooManyFields: Limited = ({ rows, fields }) => rows && fields > mostFields

function limit(
  name: string,
  does: string,
  exceeded: Limited,
  text: (query: HealthQuery, asked: Asked) => string,
  answer: { readonly code?: string; readonly status?: number } = {},
): Variant {
  return {
    name: `graphql/${name}`,
    of: 'graphql',
    cost: 'narrow',
    does,
    instead: (asked) => {
      const query = healthQueryOf(asked)
      return query !== null && exceeded(query, asked)
        ? graphqlRefusal(text(query, asked), asked, answer.code, answer.status)
        : null
    },
  }
}

/** A length of time as the API writes it, e.g. `28m4s6ms`. */
function span(ms: number): string {
  const [minutes, seconds, rest] = [Math.floor(ms / minute), Math.floor((ms % minute) / 1000), ms % 1000]
  return `${minutes}m${seconds}s${rest === 0 ? '' : `${rest}ms`}`
}

/** Limits of one account or zone. They are no throttling: the same query is refused each time, a smaller one is not. */
export const graphqlLimits: readonly Variant[] = [
  limit(
    'too-old',
    'refuses rows older than 20 minutes, with code quota',
    tooOld,
    () => 'cannot request data older than 20m',
    { code: 'quota' },
  ),
  limit(
    'too-old-seconds',
    'refuses rows older than 20 minutes, in seconds and without a code',
    tooOld,
    () => 'cannot request data older than 1200s',
  ),
  limit(
    'too-old-scope',
    'refuses rows older than 20 minutes with 400, naming the account or zone and what was asked for',
    tooOld,
    ({ kind, scopeId, fromMs }, { nowMs }) =>
      `${kind} "${scopeId}" cannot request data older than 20m, but your query requests data from ${span(nowMs - fromMs)} ago`,
    { status: 400 },
  ),
  limit(
    'too-wide',
    'refuses windows wider than 5 minutes, with code quota',
    tooWide,
    () => 'cannot request a time range wider than 5m',
    { code: 'quota' },
  ),
  limit(
    'too-wide-scope',
    'refuses windows wider than 5 minutes, naming the account or zone and what was asked for',
    tooWide,
    ({ kind, scopeId, fromMs, toMs }) =>
      `${kind} "${scopeId}" cannot request a time range wider than 5m, but your query time range spans ${span(toMs - fromMs)}`,
  ),
  limit(
    'too-wide-documented',
    'refuses windows wider than 5 minutes with 400 and the documented text',
    tooWide,
    () => "query time range is too large. Time range can't be wider than 300s",
    { status: 400 },
  ),
  limit(
    'too-many-fields',
    'refuses more than 12 fields a row, with code quota',
    tooManyFields,
    () => `number of fields can't be more than ${mostFields}`,
    { code: 'quota' },
  ),
  limit(
    'field-not-entitled',
    'refuses queries with avg.uploadDuration, as a plan without that field',
    (query) => query.rows && query.selects('uploadDuration'),
    ({ kind, scopeId }) =>
      `${kind} '${scopeId}' does not have access to the field 'uploadduration' from the path`,
    { code: 'authz' },
  ),
  limit(
    'too-complex',
    'refuses queries about more than one zone as too complex',
    ({ scopeIds }) => scopeIds.length > 1,
    () => 'in combination, your request queries too many nodes, zones and accounts',
  ),
]
