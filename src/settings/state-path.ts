/* Where the ledger is, and which part of the work is this process's: what `--state.path` and `--shard` take. */
import { accepted, filePath, type Kind, orWord, wholeNumberKind } from './setting-kinds.ts'

/** Whether the ledger is in PostgreSQL, by the address that names it. */
export function isPostgresAddress(path: string): boolean {
  return /^postgres(ql)?:/i.test(path)
}

/** A file, or a database. A password in the address would be shown wherever settings are. */
export const statePathKind: Kind<string> = {
  expected: 'a path, :memory: or postgresql://HOST/DATABASE without a password',
  placeholder: 'PATH',
  read: (text) => {
    if (!isPostgresAddress(text)) return filePath.read(text)
    const hint = 'pass the password in PGPASSWORD, or in the file that PGPASSFILE names'
    // What cannot be read may hold a password as well: it is not repeated.
    if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text))
      return { ok: false, found: 'an address that cannot be read' }
    const url = new URL(text)
    if (url.password !== '' || [...url.searchParams.keys()].some((key) => /pass/i.test(key)))
      return { ok: false, found: 'an address with a password', hint }
    return accepted(text)
  },
  write: (text) => text,
}

export const shardKind: Kind<number | 'auto'> = {
  ...orWord(wholeNumberKind(0, 9_999), 'auto', 'auto'),
  expected: 'a whole number from 0 to 9999, or auto',
  placeholder: 'NUMBER|auto',
}
