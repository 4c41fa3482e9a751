import { expectation } from '../domain/file-reader.ts'
import { nearestName } from '../domain/nearest-name.ts'
import { describe, type FileProblem, type Positioned, unknownKey } from '../domain/positioned.ts'
import type { ReadFile } from '../ports/runtime.ts'
import { envPrefix, readNode, type Setting, splitList, type Table, type Values } from './setting.ts'

/*
 * Flags, environment and file → the values of a table, or every error in all three at once.
 * Flag before environment before file before default. An empty environment variable counts as not set.
 */

export interface Sources {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile: ReadFile
}

/** Where values come from, once the arguments are split. */
export interface GivenTexts extends Omit<Sources, 'argv'> {
  /** Texts given by flag name, in order. A switch gives `true` or `false`. */
  readonly given: ReadonlyMap<string, readonly string[]>
}

export type SettingsReading<T extends Table> =
  | { readonly ok: true; readonly values: Values<T> }
  | { readonly ok: false; readonly problems: readonly string[] }

/** The flag that names the file; it is read before all else. */
export const configFileFlag = 'config.file'

type Rows = readonly (readonly [string, Setting<unknown>])[]
type Found = Map<string, unknown>

/**
 * Reads the values of a table. The file and the environment may also hold `alsoKnown`, for other commands: it
 * is checked all the same.
 */
export async function readSettings<T extends Table>(
  table: T,
  alsoKnown: Table,
  { given, env, readFile }: GivenTexts,
): Promise<SettingsReading<T>> {
  const rows: Rows = Object.entries(table)
  const knownRows: Rows = Object.entries({ ...alsoKnown, ...table })
  const problems: string[] = []
  const fromFlags = readFlags(rows, given, problems)
  const fromEnv = readEnvironment(knownRows, env, problems)
  const fileRow = knownRows.find(([, row]) => row.flag === configFileFlag)?.[0]
  const path = fileRow === undefined ? null : (fromFlags.get(fileRow) ?? fromEnv.get(fileRow) ?? null)
  const fromFile =
    typeof path === 'string' ? await readSettingsFile(knownRows, path, readFile, problems) : null

  if (problems.length > 0) return { ok: false, problems }
  const values = Object.fromEntries(
    rows.map(([name, row]) => {
      const source = [fromFlags, fromEnv, fromFile].find((one) => one?.has(name))
      return [name, source ? source.get(name) : row.fallback]
    }),
  )
  // The one place where the table's type meets values made in a loop: each came from its own row's reader.
  return { ok: true, values: values as Values<T> }
}

/** Reads what was given for a setting; `as` is how the error names the source. */
function take(
  [name, row]: Rows[0],
  texts: readonly string[],
  as: string,
  found: Found,
  problems: string[],
): void {
  const reading = row.fromTexts(row.repeatable ? texts.flatMap(splitList) : texts)
  if (reading.ok) found.set(name, reading.value)
  else problems.push(`${as}: ${expectation(row.expected, reading.found, reading.hint)}`)
}

function readFlags(rows: Rows, given: ReadonlyMap<string, readonly string[]>, problems: string[]): Found {
  const found: Found = new Map()
  for (const row of rows) {
    const { flag, repeatable } = row[1]
    const texts = flag === null ? undefined : given.get(flag)
    if (texts === undefined) continue
    if (repeatable || texts.length === 1) take(row, texts, `--${flag}`, found, problems)
    else problems.push(`--${flag}: given ${texts.length} times; it takes one value`)
  }
  return found
}

function readEnvironment(rows: Rows, env: Sources['env'], problems: string[]): Found {
  const found: Found = new Map()
  const names = new Set<string>()
  for (const row of rows) {
    const variable = row[1].env
    if (variable === null) continue
    names.add(variable)
    const text = env[variable] ?? ''
    if (text !== '') take(row, [text], variable, found, problems)
  }
  for (const variable of Object.keys(env).sort()) {
    if (!variable.startsWith(envPrefix) || names.has(variable) || isServiceLink(variable)) continue
    // The prefix that all share would make any two names look alike.
    const near = nearestName(
      variable.slice(envPrefix.length),
      [...names].filter((name) => name.startsWith(envPrefix)).map((name) => name.slice(envPrefix.length)),
    )
    const suggestion = near === null ? '' : `; did you mean ${envPrefix}${near}?`
    problems.push(`${variable}: unknown environment variable${suggestion}`)
  }
  return found
}

/**
 * Kubernetes gives every pod variables for the services beside it: one called `logpush-exporter` makes
 * `LOGPUSH_EXPORTER_SERVICE_HOST`, `LOGPUSH_EXPORTER_PORT_10199_TCP_ADDR` and so on. They are not user errors.
 */
function isServiceLink(variable: string): boolean {
  return /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/.test(
    variable,
  )
}

async function readSettingsFile(
  rows: Rows,
  path: string,
  readFile: ReadFile,
  problems: string[],
): Promise<Found> {
  const found: Found = new Map()
  const file = readFile(path)
  if (!file.ok) {
    problems.push(`--${configFileFlag}: cannot read ${path}: ${file.reason}`)
    return found
  }
  const { readYaml } = await import('./yaml-text.ts')
  const yaml = readYaml(file.text)
  const mistakes = yaml.ok ? readSettingsTree(rows, yaml.root, found) : yaml.problems
  const inOrder = [...mistakes].sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
  problems.push(...inOrder.map(({ at, message }) => `${path}:${at.line}:${at.column}: ${message}`))
  return found
}

function readSettingsTree(rows: Rows, root: Positioned, found: Found): readonly FileProblem[] {
  const problems: FileProblem[] = []
  const byKey = new Map(
    rows.flatMap(([name, row]) => (row.fileKey === null ? [] : [[row.fileKey, { name, row }]])),
  )
  const sections = new Set(
    [...byKey.keys()].filter((key) => key.includes('.')).map((key) => key.split('.')[0] ?? ''),
  )

  const walk = (node: Positioned, prefix: string) => {
    if (node.kind !== 'map') {
      const what = prefix === '' ? 'a mapping of settings' : `a mapping of the settings of ${prefix}`
      problems.push({
        at: node.at,
        message: `${prefix === '' ? '' : `${prefix}: `}expected ${what}, found ${describe(node)}`,
      })
      return
    }
    for (const { key, keyAt, value } of node.entries) {
      const path = prefix === '' ? key : `${prefix}.${key}`
      const known = byKey.get(path)
      if (known !== undefined) {
        const reading = readNode(known.row, value)
        if (reading.ok) found.set(known.name, reading.value)
        else
          for (const { at, message } of reading.problems)
            problems.push({ at, message: `${path}: ${message}` })
      } else if (prefix === '' && sections.has(key)) walk(value, key)
      else problems.push({ at: keyAt, message: unknownKey(path, [...byKey.keys(), ...sections]) })
    }
  }
  walk(root, '')
  return problems
}
