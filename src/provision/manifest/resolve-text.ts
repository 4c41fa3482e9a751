import type { FileText } from '../../ports/runtime.ts'
import {
  parseReferences,
  type Reference,
  referenceText,
  type Variables,
  withVariables,
} from '../resource/reference.ts'
import type { Report } from './report.ts'
import type { Path } from './tree.ts'

export interface ReferenceReaders {
  env(name: string): string | undefined
  /** `from` is the manifest that refers to the file: a relative path starts at its folder. */
  readFile(path: string, from: string): FileText
}

/** Takes one file's references out. Without readers they are left as they are written. */
export interface Resolver {
  readonly report: Report
  readonly readers: ReferenceReaders | null
  /** What `${zone}` and its like stand for, where they may stand. */
  readonly variables?: Variables
}

/** Reads each file once, however many zones a job is in: they all get the same text. */
export function readingOnce(readers: ReferenceReaders): ReferenceReaders {
  const files = new Map<string, ReturnType<ReferenceReaders['readFile']>>()
  return {
    env: readers.env,
    readFile(path, from) {
      const key = JSON.stringify([path, from])
      const read = files.get(key) ?? readers.readFile(path, from)
      files.set(key, read)
      return read
    },
  }
}

/**
 * The text with its references replaced; null after reporting every one that cannot be. What a reference
 * stands for is never part of a message. The line end that closes a file is not part of its text.
 */
export function resolveText(
  { report, readers, variables }: Resolver,
  path: Path,
  text: string,
): string | null {
  const parsed = parseReferences(text)
  if ('mistake' in parsed) return null
  if (readers === null) return variables === undefined ? text : withVariables(text, variables)
  let whole = ''
  let complete = true
  for (const part of parsed.parts) {
    const value =
      typeof part === 'string'
        ? { text: part }
        : part.kind === 'variable'
          ? { text: variables?.[part.name] ?? `\${${part.name}}` }
          : readReference(part, report.source.file, readers)
    if ('mistake' in value) {
      report.error(path, value.mistake)
      complete = false
    } else whole += value.text
  }
  return complete ? whole : null
}

function readReference(
  reference: Reference,
  from: string,
  readers: ReferenceReaders,
): { readonly text: string } | { readonly mistake: string } {
  const named = referenceText(reference)
  if (reference.kind === 'env') {
    const text = readers.env(reference.name)
    if (text === undefined)
      return { mistake: `${named}: the environment variable ${reference.name} is not set` }
    return text === ''
      ? { mistake: `${named}: the environment variable ${reference.name} is empty` }
      : { text }
  }
  const file = readers.readFile(reference.path, from)
  if (!file.ok) return { mistake: `${named}: cannot read ${reference.path}: ${file.reason}` }
  const text = withoutLineEnd(file.text)
  return text === '' ? { mistake: `${named}: ${reference.path} is empty` } : { text }
}

/** By hand: a pattern for it takes half a minute for 64 kB of line ends. */
export function withoutLineEnd(text: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === '\n') end -= text[end - 2] === '\r' ? 2 : 1
  return text.slice(0, end)
}
