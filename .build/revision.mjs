// The commit a build is made from.
import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'

function git(...args) {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return status === 0 ? stdout.trim() : ''
}

/**
 * SOURCE_REVISION where it is set (an image is built without the repository), else the commit of this clone,
 * with `-dirty` where tracked files differ from it. `unknown` without git, and in a folder that only lies inside
 * somebody else's repository.
 */
export function sourceRevision() {
  const given = process.env.SOURCE_REVISION
  if (given !== undefined && given !== '') return given
  if (git('rev-parse', '--show-toplevel') !== realpathSync('.')) return 'unknown'
  return git('describe', '--always', '--dirty', '--abbrev=40', '--exclude=*') || 'unknown'
}
