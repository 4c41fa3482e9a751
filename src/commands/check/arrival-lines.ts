/* What `check` says of the destinations that are to be read. Pure. */
import { columns } from '../../domain/columns.ts'
import { textWidth } from '../../domain/text-width.ts'
import type { ArrivalReport, CheckReport } from './report-shape.ts'
import { forNames } from './scope-names.ts'

/** Jobs shown before those that work are only counted. */
const maxJobs = 20

/** A line for each job, and why where it does not work; empty where nothing is to be read. */
export function arrivalLines({ arrival }: CheckReport, width: number): readonly string[] {
  if (arrival === null) return []
  const watched = arrival.filter(({ state }) => state !== 'not_watched')
  const troubled = watched.filter(({ state }) => state !== 'works')
  const shown = watched.length > maxJobs ? troubled : watched
  const others = arrival.length - watched.length
  return [
    '',
    ...(shown.length === 0 ? [] : table(shown, width)),
    ...(watched.length > shown.length
      ? [
          `${shown.length === 0 ? '' : 'and '}${jobs(watched.length - shown.length)} whose destination can be read`,
        ]
      : []),
    ...(others === 0
      ? []
      : [`${jobs(others)} not read: no rule under arrival names them, or they have no files`]),
    ...reasons(troubled),
  ]
}

function table(reports: readonly ArrivalReport[], width: number): readonly string[] {
  const rows = reports.map((report) => [named(report), report.place ?? '-', stateText(report)] as const)
  const lines = columns([['JOB', 'DESTINATION', 'READING'], ...rows])
  if (lines.every((line) => textWidth(line) <= width)) return lines
  return rows.flatMap(([name, place, state]) => [name, `  ${place}`, `  ${state}`])
}

function named({ job, job_id: id, scope }: ArrivalReport): string {
  return `${job === '' ? id : job} (${scope})`
}

function stateText({ state, reader, found, newest_file_end: newest }: ArrivalReport): string {
  if (state === 'missing') return 'NOT PERMITTED'
  if (state !== 'works') return 'FAILED'
  if (reader === 'elastic') return `works, ${found ?? 0} records in the last hour`
  return newest === null
    ? 'works, no file in the last hour'
    : `works, newest file ends ${newest.slice(0, 10)} ${newest.slice(11, 16)} UTC`
}

/** Each reason once, with the jobs it concerns. */
function reasons(troubled: readonly ArrivalReport[]): readonly string[] {
  const found = new Map<string, string[]>()
  for (const { message, job, job_id: id } of troubled) {
    const text = message ?? ''
    found.set(text, [...(found.get(text) ?? []), job === '' ? id : job])
  }
  const lines = [...found].map(([message, names]) => `  ${message}${forNames(names)}`)
  return lines.length === 0 ? [] : ['', 'These destinations cannot be read:', ...lines]
}

function jobs(count: number): string {
  return count === 1 ? '1 job' : `${count} jobs`
}
