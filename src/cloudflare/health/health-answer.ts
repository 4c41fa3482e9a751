import * as z from 'zod/mini'
import type { HealthRow } from '../../domain/ledger/health-row.ts'
import { isObject } from '../../domain/plain-value.ts'
import { startOfMinute } from '../../domain/time.ts'
import type { ApiFailure } from '../../errors.ts'
import type { HealthFailure, HealthQuery } from '../../ports/cloudflare.ts'
import type { Unreadable } from '../../ports/listing.ts'
import { failureOf } from '../api-failure.ts'
import { misshapen } from '../envelope.ts'
import { idText, mapped } from '../fields.ts'
import type { Operation } from '../operations.ts'
import { toGrant } from '../rest-failure.ts'
import type { Exchange } from '../transport.ts'
import type { Verdict } from '../verdict.ts'
import type { QueryShape } from './health-query.ts'
import { readHealthRow } from './health-rows.ts'

/** One that is no object belongs to no scope. */
const nodes = mapped(z.array(z.unknown()), (list) => list.filter(isObject))

/** Where the scopes' nodes stand in the answer, and the field that names each. */
const places = {
  account: {
    tag: 'accountTag',
    schema: mapped(z.object({ viewer: z.object({ accounts: nodes }) }), ({ viewer }) => viewer.accounts),
  },
  zones: {
    tag: 'zoneTag',
    schema: mapped(z.object({ viewer: z.object({ zones: nodes }) }), ({ viewer }) => viewer.zones),
  },
  'zones of account': {
    tag: 'zoneTag',
    schema: mapped(
      z.object({ viewer: z.object({ accounts: z.array(z.object({ zones: nodes })) }) }),
      ({ viewer }) => viewer.accounts.flatMap(({ zones }) => zones),
    ),
  },
} as const satisfies Record<QueryShape, { tag: string; schema: z.ZodMiniType<Node[]> }>

type Node = Readonly<Record<string, unknown>>

/** An answer with what tells whose it is. */
export interface Answered {
  readonly exchange: Exchange
  readonly operation: Operation
  readonly shape: QueryShape
}

/** What each scope asked for has: each by itself, so that an odd one costs itself alone. */
export interface ReadScopes<T> {
  readonly found: ReadonlyMap<string, T>
  readonly failures: ReadonlyMap<string, ApiFailure>
}

/**
 * The node of each scope asked for, read by the schema, by scope id. A scope that is missing is out of the token's
 * reach: the API leaves it out without a word. Throws a Refusal `bad_response` for another shape.
 */
export function readScopes<T>(
  data: unknown,
  answered: Answered,
  ids: readonly string[],
  schema: z.ZodMiniType<T>,
): ReadScopes<T> {
  const { exchange, shape } = answered
  const { status } = exchange.answer()
  const place = places[shape]
  const read = place.schema.safeParse(data)
  if (!read.success) throw misshapen(status, 'data', read.error)
  const byId = new Map(read.data.map((node) => [node[place.tag], node]))
  const found = new Map<string, T>()
  const failures = new Map<string, ApiFailure>()
  for (const id of ids) {
    const node = byId.get(id)
    const parsed = node === undefined ? null : schema.safeParse(node)
    if (parsed === null) failures.set(id, failureIn(answered, outOfReach(exchange)))
    else if (parsed.success) found.set(id, parsed.data)
    else failures.set(id, failureIn(answered, misshapen(status, place.tag, parsed.error).verdict))
  }
  return { found, failures }
}

export type ReadRows =
  | { readonly ok: true; readonly rows: readonly HealthRow[]; readonly strays: readonly Unreadable[] }
  | ({ readonly ok: false } & HealthFailure)

/**
 * Everything that a scope has, or why nothing of it is counted: the ledger counts what it gets. Rows that were not
 * asked for are left out, unless they may have taken the place of others: another window counts them.
 */
export function readRows(list: readonly unknown[], query: HealthQuery, answered: Answered): ReadRows {
  const rows: HealthRow[] = []
  const unreadable: Unreadable[] = []
  for (const raw of list) {
    if (raw === null) continue
    const read = readHealthRow(raw)
    if (read.ok) rows.push(read.row)
    else unreadable.push(odd(raw, read.field))
  }
  const strays = rows.filter((row) => !wasAsked(row, query))
  const [stray] = list.length >= query.limit ? strays : []
  const verdict = unreadable.length > 0 ? unreadableRows(unreadable) : stray && strayRow(stray)
  if (verdict !== undefined) return { ok: false, failure: failureIn(answered, verdict), unreadable }
  const left = strays.map(({ jobId }) => ({
    id: jobId,
    name: '',
    field: 'dimensions (not requested)',
    leftOut: true,
  }))
  return { ok: true, rows: rows.filter((row) => wasAsked(row, query)), strays: left }
}

function failureIn({ exchange, operation }: Answered, verdict: Verdict): ApiFailure {
  return failureOf(verdict, { operation, answer: exchange.answer() })
}

function outOfReach({ context }: Exchange): Verdict {
  return {
    kind: 'forbidden',
    reason: `the response has nothing about it, as for all that the API token may not read${toGrant(context.grant)}`,
  }
}

function unreadableRows(unreadable: readonly Unreadable[]): Verdict {
  const fields = [...new Set(unreadable.map(({ field }) => field))].slice(0, 3)
  return {
    kind: 'bad_response',
    reason: `${unreadable.length} of its rows cannot be read, at ${fields.join(', ')}`,
  }
}

function strayRow({ minute }: HealthRow): Verdict {
  return {
    kind: 'bad_response',
    reason: `the response has rows that were not requested, at ${new Date(startOfMinute(minute)).toISOString()}`,
  }
}

/** Only the path is told, never what stands there. */
function odd(raw: unknown, field: string): Unreadable {
  const dimensions = isObject(raw) && isObject(raw.dimensions) ? raw.dimensions : {}
  const id = idText.safeParse(dimensions.jobId)
  return {
    id: id.success ? id.data.slice(0, 40) : null,
    name: '',
    field: field === '' ? 'the object' : field,
    leftOut: true,
  }
}

function wasAsked({ minute, jobId }: HealthRow, { from, to, jobs }: HealthQuery): boolean {
  if (minute < from || minute >= to) return false
  if (jobs?.geq !== undefined && BigInt(jobId) < BigInt(jobs.geq)) return false
  return jobs?.lt === undefined || BigInt(jobId) < BigInt(jobs.lt)
}
