import * as z from 'zod/mini'
import type { HealthRow } from '../../domain/ledger/health-row.ts'
import { startOfMinute } from '../../domain/time.ts'
import type { HealthQuery } from '../../ports/cloudflare.ts'
import { Refusal } from '../api-failure.ts'
import { misshapen } from '../envelope.ts'
import type { Exchange } from '../transport.ts'
import type { QueryShape } from './health-query.ts'

const nodes = z.array(z.record(z.string(), z.unknown()))

/** Where the scopes' nodes stand in the answer, and the field that names each. */
const places = {
  account: {
    tag: 'accountTag',
    schema: z.pipe(
      z.object({ viewer: z.object({ accounts: nodes }) }),
      z.transform((data: { viewer: { accounts: Node[] } }) => data.viewer.accounts),
    ),
  },
  zones: {
    tag: 'zoneTag',
    schema: z.pipe(
      z.object({ viewer: z.object({ zones: nodes }) }),
      z.transform((data: { viewer: { zones: Node[] } }) => data.viewer.zones),
    ),
  },
  'zones of account': {
    tag: 'zoneTag',
    schema: z.pipe(
      z.object({ viewer: z.object({ accounts: z.array(z.object({ zones: nodes })) }) }),
      z.transform((data: { viewer: { accounts: { zones: Node[] }[] } }) =>
        data.viewer.accounts.flatMap(({ zones }) => zones),
      ),
    ),
  },
} as const satisfies Record<QueryShape, { tag: string; schema: z.ZodMiniType<Node[]> }>

type Node = Record<string, unknown>

/**
 * The node of each scope asked for, read by the schema, by scope id. Throws a Refusal: `bad_response` for
 * another shape, `partial` when a scope is missing.
 */
export function readScopes<T>(
  data: unknown,
  exchange: Exchange,
  shape: QueryShape,
  ids: readonly string[],
  schema: z.ZodMiniType<T>,
): ReadonlyMap<string, T> {
  const { status } = exchange.answer()
  const place = places[shape]
  const found = place.schema.safeParse(data)
  if (!found.success) throw misshapen(status, 'data', found.error)
  const byId = new Map(found.data.map((node) => [node[place.tag], node]))
  const missing = ids.filter((id) => !byId.has(id))
  if (missing.length > 0)
    throw new Refusal({
      kind: 'partial',
      codes: missing,
      reason: `the response lacks ${missing.length} of ${ids.length} scopes: ${missing.join(', ')}`,
    })
  return new Map(
    ids.map((id) => {
      const parsed = schema.safeParse(byId.get(id))
      if (!parsed.success) throw misshapen(status, place.tag, parsed.error)
      return [id, parsed.data]
    }),
  )
}

/** Rows of one scope as they came. Throws a Refusal where one was not asked for: the ledger counts what it gets. */
export function checkRows(rows: readonly HealthRow[], query: HealthQuery): readonly HealthRow[] {
  const stray = rows.find((row) => !wasAsked(row, query))
  if (stray !== undefined)
    throw new Refusal({
      kind: 'bad_response',
      reason: `the response has rows that were not requested, at ${new Date(startOfMinute(stray.minute)).toISOString()}`,
    })
  return rows
}

function wasAsked({ minute, jobId }: HealthRow, { from, to, jobs }: HealthQuery): boolean {
  if (minute < from || minute >= to) return false
  if (jobs?.geq !== undefined && BigInt(jobId) < BigInt(jobs.geq)) return false
  return jobs?.lt === undefined || BigInt(jobId) < BigInt(jobs.lt)
}
