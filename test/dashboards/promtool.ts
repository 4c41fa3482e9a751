import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'

/** Why promtool can't be used here, or false. */
export const promtoolIsMissing: string | false =
  spawnSync('promtool', ['--version']).error === undefined
    ? false
    : 'promtool (Debian: prometheus) is not installed'

/** Runs promtool on a document; gives its exit status and all that it printed. */
export function promtool(
  args: readonly string[],
  document: unknown,
): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'dashboards-'))
  try {
    const file = join(folder, 'document.yaml')
    writeFileSync(file, stringify(document))
    const run = spawnSync('promtool', [...args, file], { encoding: 'utf8', cwd: folder })
    return { status: run.status, output: `${run.stdout}${run.stderr}` }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
