import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandIo } from '../../cli/command-io.ts'
import type { Account, Scope } from '../../domain/scope.ts'
import { exitCode, fileReason, UserError } from '../../errors.ts'
import type { Exported, Portable } from '../../provision/transfer/portable.ts'
import { type LiveDeps, listAllAccounts, readPortable } from '../../provision/transfer/portable-live.ts'
import { setting, type Table } from '../../settings/setting.ts'
import { orNone, someText } from '../../settings/setting-kinds.ts'
import { writeOut } from './out-file.ts'

/* What `export` and `import` share. */

export const transferOptions = {
  owner: setting({
    flag: 'owner',
    kind: orNone(someText('a name', 'NAME')),
    only: 'flag',
    help: 'Owner to write into the manifest. Only objects named OWNER-… may be deleted later.',
  }),
  out: setting({
    flag: 'out',
    kind: orNone(someText('a path', 'PATH')),
    only: 'flag',
    help: 'Write to this file instead of stdout, several manifests to this folder. Existing files are not overwritten.',
  }),
} satisfies Table

type Chosen = Readonly<Record<'accounts' | 'zones' | 'excludeZones', readonly string[]>>

/** Everything of the one account that is chosen. @throws UserError when it is not one; ApiFailure */
export async function readLive(
  { planning: deps }: { readonly planning: LiveDeps },
  { accounts, zones, excludeZones }: Chosen,
): Promise<Portable> {
  const visible = await listAllAccounts(deps)
  const matches = accounts.length === 0 ? visible : visible.filter((account) => isNamed(accounts, account))
  const [account] = matches
  if (account === undefined || matches.length > 1) {
    const seen = matches.length > 1 ? matches : visible
    const names = seen.map(({ id, name }) => `${name} (${id})`).join(', ')
    throw new UserError(
      `--cloudflare.accounts: expected exactly one account, since a manifest covers one; found ${matches.length}. The token sees ${names || 'none'}`,
    )
  }
  const isWanted = (scope: Scope): boolean =>
    scope.kind === 'account'
      ? zones.length === 0
      : (zones.length === 0 || isNamed(zones, scope)) && !isNamed(excludeZones, scope)
  return readPortable(account, isWanted, deps)
}

function isNamed(names: readonly string[], thing: Account): boolean {
  return names.some(
    (name) => name.toLowerCase() === thing.id || name.toLowerCase() === thing.name.toLowerCase(),
  )
}

/** First line of a manifest that was written here. */
export function manifestTitle(from: string, { account }: Portable): string {
  const of = account === null || account.name === '' ? '' : ` of account ${account.name}`
  return `logpush-exporter manifest, generated from ${from}${of}.`
}

/** Several manifests are files of a folder, which `--out` names; a single one is one text. */
export function handOverAll(
  files: readonly { readonly name: string | null; readonly exported: Exported }[],
  out: string | null,
  io: Pick<CommandIo, 'stdout' | 'stderr'>,
): void {
  const [only, ...others] = files
  if (only === undefined) return
  if (others.length === 0) {
    handOver(only.exported, out, io)
    return
  }
  if (out === null) {
    const names = files.map(({ name }) => name ?? '(none)')
    throw new UserError(
      `import: the files have resources of several accounts (${names.join(', ')}), and a manifest covers one; write a manifest for each with --out FOLDER, or select one with --account`,
    )
  }
  try {
    mkdirSync(out, { recursive: true })
  } catch (error) {
    throw new UserError(`--out: cannot make the folder ${out}: ${fileReason(error)}`, exitCode.failure)
  }
  for (const { name, exported } of files) handOver(exported, join(out, `${fileName(name)}.yaml`), io)
}

function fileName(name: string | null): string {
  return (name ?? 'other').replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^\.+/, '') || 'other'
}

/** Prints or writes the file; what to look at and to set goes to stderr. */
export function handOver(
  { text, variables, notes }: Exported,
  out: string | null,
  io: Pick<CommandIo, 'stdout' | 'stderr'>,
): void {
  if (out === null) io.stdout(text.trimEnd())
  else {
    writeOut(out, text, 'wx')
    io.stderr(`Written to ${out}.`)
  }
  for (const note of notes) io.stderr(`note: ${note}`)
  if (variables.length === 0) return
  io.stderr(
    `Set ${variables.length === 1 ? 'this variable' : `these ${variables.length} variables`} before running plan:`,
  )
  for (const { name, what } of variables) io.stderr(`  ${name}  ${what}`)
}

export function namedAccount(text: string | null): Account | null {
  if (text === null) return null
  return /^[0-9a-f]{32}$/.test(text) ? { id: text, name: '' } : { id: '', name: text }
}

export function requireContent(portable: Portable, where: string): void {
  const { jobs, webhooks, policies, notes } = portable
  if (jobs.length + webhooks.length + policies.length > 0) return
  const why = notes.length === 0 ? '' : `: ${notes.join(' ')}`
  throw new UserError(`${where} has no jobs, webhooks or policies${why}`, exitCode.failure)
}
