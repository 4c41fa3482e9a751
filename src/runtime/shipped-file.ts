import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/*
 * Files that are published beside the program. How deep the code lies differs between the sources, the bundle and
 * its chunks, and changes when modules move: the package's own folder is looked for instead.
 */

/** Path of a file or folder of the package, e.g. `alerts/runbooks`; where it would be when it is not there. */
export function shippedPath(path: string): string {
  const start = dirname(fileURLToPath(import.meta.url))
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, path)
    if (folder === dirname(folder)) return join(start, path)
  }
}
