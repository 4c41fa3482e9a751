import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export interface Packed {
  /** The tarball, or where it would be. */
  readonly path: string
  /** What is in it, from the package's own folder: `dist/main.js`. */
  readonly files: readonly string[]
}

/** What `npm pack` makes of this folder as it is built now: a tarball in the folder given, or the mere list. */
export function pack(folder: string | null): Packed {
  const where = folder === null ? ['--dry-run'] : ['--pack-destination', folder]
  const said = execFileSync('npm', ['pack', '--json', '--ignore-scripts', ...where], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [packed] = JSON.parse(said)
  const files: readonly { path: string }[] = packed.files
  return { path: join(folder ?? '', packed.filename), files: files.map(({ path }) => path) }
}
