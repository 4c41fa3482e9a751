/*
 * Makes an answer whole, or fails. An answer as long as the limit is never taken for complete: the window is
 * halved, a single minute is asked scope by scope and then by ranges of job ids, until every part fits.
 */
import type { HealthRow } from '../../domain/ledger/health-row.ts'
import type { Window } from '../../domain/ledger/ledger.ts'
import type { Scope } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import { ApiFailure } from '../../errors.ts'
import type { HealthAnswer, HealthFailure, HealthQuery } from '../../ports/cloudflare.ts'
import type { Unreadable } from '../../ports/listing.ts'

type Rows = ReadonlyMap<string, readonly HealthRow[]>

export interface HealthReader {
  /** One query, in its turn. */
  readonly ask: (query: HealthQuery) => Promise<HealthAnswer>
  /** Called for each answer that was too long. */
  readonly onSplit: () => void
}

type JobRange = NonNullable<HealthQuery['jobs']>

/** What a query asked for. */
export interface Asked {
  readonly scopes: readonly Scope[]
  readonly window: Window
  readonly limit: number
  readonly fields: 'all' | 'needed'
  readonly jobs: JobRange | null
}

async function read(reader: HealthReader, asked: Asked): Promise<HealthAnswer> {
  const { scopes, window, limit, fields, jobs } = asked
  const query = { scopes, ...window, limit, fields, ...(jobs === null ? {} : { jobs }) }
  return completeRows(reader, await reader.ask(query), asked)
}

/**
 * The rows of an answer, and in place of those that were cut all that the API has. A scope of which a part cannot be
 * read has failed. The time is that of the earliest answer.
 */
export async function completeRows(
  reader: HealthReader,
  answer: HealthAnswer,
  asked: Asked,
): Promise<HealthAnswer> {
  const cut = asked.scopes.filter(({ id }) => (answer.rows.get(id)?.length ?? 0) >= asked.limit)
  if (cut.length === 0) return answer
  reader.onSplit()
  const rows = new Map(answer.rows)
  const failures = new Map<string, HealthFailure>(answer.failures)
  const strays = new Map<string, readonly Unreadable[]>(answer.strays)
  let { date } = answer
  for (const { id } of cut) rows.set(id, [])
  for (const part of split(cut, answer.rows, asked)) {
    const more = await read(reader, part)
    date = earlier(date, more.date)
    for (const [id, own] of more.rows) rows.set(id, [...(rows.get(id) ?? []), ...own])
    for (const [id, own] of more.strays ?? []) strays.set(id, [...(strays.get(id) ?? []), ...own])
    for (const [id, failure] of more.failures) failures.set(id, failure)
  }
  for (const id of failures.keys()) rows.delete(id)
  return { rows, failures, strays, date }
}

function earlier(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b)
}

function split(cut: readonly Scope[], rows: Rows, asked: Asked): readonly Asked[] {
  const { from, to } = asked.window
  if (to - from > 1) {
    const middle = from + Math.ceil((to - from) / 2)
    return [
      { ...asked, scopes: cut, window: { from, to: middle } },
      { ...asked, scopes: cut, window: { from: middle, to } },
    ]
  }
  const [scope, ...others] = cut
  if (scope === undefined) return []
  if (others.length > 0) return cut.map((one) => ({ ...asked, scopes: [one] }))
  return splitJobs(rows.get(scope.id) ?? [], asked.jobs).map((jobs) => ({ ...asked, scopes: [scope], jobs }))
}

/** Ranges of job ids that together are the range asked for. The jobs that were cut off lie somewhere in it too. */
function splitJobs(rows: readonly HealthRow[], range: JobRange | null): readonly JobRange[] {
  const ids = [...new Set(rows.map(({ jobId }) => Number(jobId)))].sort((a, b) => a - b)
  const middle = ids[Math.floor(ids.length / 2)]
  if (middle === undefined || !Number.isSafeInteger(middle)) throw tooLong()
  const single = range?.geq === String(middle) && range.lt === String(middle + 1)
  if (single) throw tooLong()
  // One id alone fills the answer: it gets a range of its own.
  const cuts = ids.length > 1 ? [middle] : [middle, middle + 1]
  const bounds = [range?.geq, ...cuts.map(String), range?.lt]
  return bounds.slice(1).flatMap((lt, index) => {
    const geq = bounds[index]
    if (geq !== undefined && lt !== undefined && Number(geq) >= Number(lt)) return []
    return [{ ...(geq === undefined ? {} : { geq }), ...(lt === undefined ? {} : { lt }) }]
  })
}

function tooLong(): ApiFailure {
  return new ApiFailure('bad_response', 'one job has more rows in one minute than fit into one response', {
    operation: 'read health',
  })
}
