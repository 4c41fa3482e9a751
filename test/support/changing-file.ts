import { utimesSync, writeFileSync } from 'node:fs'

let writes = 0

/** Writes a file whose time differs from that of every other write, however fast the test is; gives the path back. */
export function writeAnew(path: string, content: string): string {
  writeFileSync(path, content)
  writes += 1
  utimesSync(path, writes, writes)
  return path
}
