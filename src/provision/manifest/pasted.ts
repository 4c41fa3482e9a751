import type { Entry, Position, Positioned } from '../../domain/positioned.ts'
import { isList, type JsonValue, parseJson } from '../resource/json-value.ts'
import type { Problem } from '../resource/problem.ts'
import { entryOf, type Path, pathText } from './tree.ts'

/*
 * Jobs as they are pasted from Terraform or the API, in the manifest's own form: `destination_conf` is a `destination`
 * as one text, and a `filter` may be the JSON text it is there.
 */

/** More is never a filter; so no depth of it is either. */
const maxText = 10_000

export function unpasted(root: Positioned, file: string, problems: Problem[]): Positioned {
  if (root.kind !== 'map') return root
  const edit = (value: Positioned, path: Path) => unpastedJob(value, path, file, problems)
  const entries = root.entries.map((entry) => {
    const { key, value } = entry
    if (key === 'defaults') return { ...entry, value: edit(value, [key]) }
    if (key !== 'jobs' || value.kind !== 'list') return entry
    return { ...entry, value: { ...value, items: value.items.map((job, index) => edit(job, [key, index])) } }
  })
  return { ...root, entries }
}

function unpastedJob(job: Positioned, path: Path, file: string, problems: Problem[]): Positioned {
  if (job.kind !== 'map') return job
  const entries = job.entries.flatMap((entry): readonly Entry[] => {
    const { key, keyAt, value } = entry
    const error = (at: Position, message: string) =>
      problems.push({
        at: { file, ...at },
        level: 'error',
        message: `${pathText([...path, key])}: ${message}`,
      })
    if (key === 'destination_conf') {
      const url: Positioned = { kind: 'map', at: value.at, entries: [{ key: 'url', keyAt, value }] }
      if (entryOf(job, 'destination') === undefined)
        return [{ ...entry, key: 'destination', written: key, value: url }]
      error(keyAt, 'expected either destination or destination_conf, found both')
      return []
    }
    if (key !== 'filter' || value.kind !== 'scalar' || value.type !== 'text') return [entry]
    // As the API writes "no filter".
    if (value.text.trim() === '') return []
    const filter = value.text.length > maxText ? undefined : parseJson(value.text)
    if (filter !== undefined) return [{ ...entry, value: positioned(filter, value.at) }]
    error(value.at, `expected a mapping, or a filter as JSON such as '{"where": …}', found another text`)
    return []
  })
  return { ...job, entries }
}

/** A value as if it had been written where its text stands. */
function positioned(value: JsonValue, at: Position): Positioned {
  if (value === null) return { kind: 'scalar', at, type: 'nothing', text: '' }
  if (isList(value)) return { kind: 'list', at, items: value.map((item) => positioned(item, at)) }
  if (typeof value !== 'object') {
    const type = typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean'
    return { kind: 'scalar', at, type, text: String(value) }
  }
  const entries = Object.entries(value).map(([key, item]) => ({
    key,
    keyAt: at,
    value: positioned(item, at),
  }))
  return { kind: 'map', at, entries }
}
