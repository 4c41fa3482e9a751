import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** A case on one screen: named sections, each begun by a line `-- name --`. The file's name is the test's. */
export interface CaseFile {
  readonly title: string
  readonly path: string
  /** A section's text; empty when the file has none of that name. */
  readonly section: (name: string) => string
  /** A section's lines without empty ones. */
  readonly lines: (name: string) => readonly string[]
  readonly has: (name: string) => boolean
}

/** All cases of a folder, by name. */
export function caseFiles(folder: string): readonly CaseFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => caseFile(join(folder, name)))
}

function caseFile(path: string): CaseFile {
  const sections = new Map<string, string>()
  let name = ''
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const heading = /^-- (.+) --$/.exec(line)?.[1]
    if (heading === undefined) sections.set(name, `${sections.get(name) ?? ''}${line}\n`)
    else {
      name = heading
      sections.set(name, '')
    }
  }
  const section = (wanted: string) => sections.get(wanted) ?? ''
  return {
    title: basename(path, '.txt').replaceAll('-', ' '),
    path,
    section,
    lines: (wanted) =>
      section(wanted)
        .split('\n')
        .filter((line) => line !== ''),
    has: (wanted) => sections.has(wanted),
  }
}

/** Whether expected texts are to be written anew instead of compared (`UPDATE_GOLDEN=1`). */
export const updating = process.env.UPDATE_GOLDEN === '1'

/** Replaces the last section of a case file. */
export function rewriteLastSection(path: string, name: string, text: string): void {
  const content = readFileSync(path, 'utf8')
  const heading = `-- ${name} --\n`
  writeFileSync(path, `${content.slice(0, content.indexOf(heading))}${heading}${text}`)
}
