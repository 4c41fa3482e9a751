import type * as z from 'zod'
import { isDestinationKind, kindSpec } from '../../domain/destination/kinds.ts'
import { nearestName } from '../../domain/nearest-name.ts'
import { describe, didYouMean, type Positioned, unknownKey } from '../../domain/positioned.ts'
import type { Problem } from '../resource/problem.ts'
import { showReferences } from '../resource/reference.ts'
import type { Origin } from '../resource/resource.ts'
import { unknownKeyMark } from './field.ts'
import { entryOf, nodeAt, type Path, pathText, positionOf, writtenPath } from './tree.ts'

/** One file of a manifest, parsed, defaults laid under its jobs. */
export interface Source {
  readonly file: string
  readonly root: Positioned
}

export function originOf({ file, root }: Source, path: Path): Origin {
  return { file, ...positionOf(root, path) }
}

/** Takes down what is wrong with one file; a message is put after its path. */
export interface Report {
  readonly source: Source
  readonly problems: Problem[]
  /** Paths the schema has found wrong: what follows from them is not reported again. */
  readonly broken: Set<string>
  error(path: Path, message: string): void
  warn(path: Path, message: string): void
}

export function createReport(source: Source): Report {
  const problems: Problem[] = []
  const broken = new Set<string>()
  const add = (level: Problem['level'], path: Path, message: string) => {
    if (follows(path, message, broken)) return
    problems.push({ at: originOf(source, path), level, message: withPath(source, path, message) })
  }
  return {
    source,
    problems,
    broken,
    error: (path, message) => add('error', path, message),
    warn: (path, message) => add('warning', path, message),
  }
}

/** Whether a message about a mapping only repeats that one of its keys is wrong. */
function follows(path: Path, message: string, broken: ReadonlySet<string>): boolean {
  return [...broken].some((text) => {
    const key = text.slice(text.lastIndexOf('.') + 1)
    if (text !== pathText([...path, key])) return false
    return path.at(-1) === 'destination' || message.split(/\W+/).includes(key)
  })
}

function withPath({ root }: Source, path: Path, message: string): string {
  return path.length === 0 ? message : `${pathText(writtenPath(root, path))}: ${message}`
}

/** Whether what stands at a path may be a secret, so that it is never repeated. */
export function isSecretPath(path: Path): boolean {
  const destination = path.indexOf('destination')
  if (destination >= 0) {
    const [kind, field] = path.slice(destination + 1)
    if (typeof kind !== 'string' || typeof field !== 'string' || !isDestinationKind(kind)) return true
    const type = kindSpec(kind).fields[field]?.type
    return type !== 'text' && type !== 'flag'
  }
  if (path.includes('ownership')) return path.at(-1) !== 'read'
  return path[0] === 'notifications' && path[1] === 'webhooks' && path.at(-1) !== 'name'
}

/** What stands at a path, in words; of a possible secret only its type. */
export function found(source: Source, path: Path): string {
  const node = nodeAt(source.root, path)
  if (node === undefined) return 'nothing'
  const shown = showReferences(describe(node))
  if (node.kind !== 'scalar' || node.type === 'nothing' || !isSecretPath(path)) return shown
  // An empty text holds no secret, and "expected a text, found a text" helps nobody.
  if (shown === '""') return shown
  return node.type === 'boolean' ? 'true or false' : `a ${node.type}`
}

export function reportIssues(report: Report, issues: readonly z.core.$ZodIssue[], above: Path = []): void {
  const meant = new Set<string>()
  const broken: string[] = []
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue
    const path = pathOf(issue, above)
    const known = issue.message.slice(unknownKeyMark.length).trim().split(' ')
    for (const key of issue.keys) {
      reportUnknownKey(report, path, key, known)
      broken.push(pathText([...path, key]))
      meant.add(pathText([...path, nearestName(key, known) ?? '']))
    }
  }
  for (const issue of issues) {
    const path = pathOf(issue, above)
    const inner = issue.code === 'invalid_union' ? deepest(issue.errors) : []
    if (inner.length > 0) reportIssues(report, inner, path)
    // A key that is only misspelt is not missing as well.
    else if (issue.code !== 'unrecognized_keys' && !meant.has(pathText(path))) {
      report.error(path, expectation(report.source, path, issue))
    }
    if (issue.code !== 'unrecognized_keys') broken.push(pathText(path))
  }
  for (const text of broken) report.broken.add(text)
}

function pathOf(issue: z.core.$ZodIssue, above: Path): Path {
  return [...above, ...issue.path.map((key) => (typeof key === 'symbol' ? key.toString() : key))]
}

/** Of a union's alternatives the one that was meant: where the error lies deeper than the whole. */
function deepest(alternatives: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  return alternatives.find((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0)) ?? []
}

function expectation(source: Source, path: Path, issue: z.core.$ZodIssue): string {
  const node = nodeAt(source.root, path)
  if (node === undefined) return `missing; expected ${issue.message}`
  const values =
    issue.code === 'invalid_value' ? issue.values.filter((value) => typeof value === 'string') : []
  const hint = node.kind === 'scalar' && !isSecretPath(path) ? didYouMean(node.text, values) : ''
  return `expected ${issue.message}, found ${found(source, path)}${hint}`
}

function reportUnknownKey(report: Report, path: Path, key: string, known: readonly string[]): void {
  const node = nodeAt(report.source.root, path)
  const at = (node && entryOf(node, key)?.keyAt) ?? positionOf(report.source.root, path)
  report.problems.push({
    at: { file: report.source.file, ...at },
    level: 'error',
    message: withPath(report.source, path, unknownText(path, key, known)),
  })
}

function unknownText(path: Path, key: string, known: readonly string[]): string {
  if (key === '<<') return '"<<" merges a mapping, or a list of mappings'
  const said = unknownKey(key, known)
  const newer = path.at(-1) === 'destination' && !said.includes('did you mean')
  return newer ? `${said}; for an unlisted kind of destination, use url` : said
}
