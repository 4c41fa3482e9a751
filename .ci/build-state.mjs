// Whether dist/ is newer than all it can be made of. `npm ci` builds it too, so a test run right after need not.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Nothing of the bundle comes from here. */
const elsewhere = new Set([
  '.cache',
  '.ci',
  '.git',
  '.github',
  '.tap',
  'coverage',
  'data',
  'deploy',
  'dist',
  'node_modules',
  'test',
])

/** A folder's own time counts as well: a removed file changes nothing else. */
function newest(path) {
  const own = statSync(path)
  if (!own.isDirectory()) return own.mtimeMs
  return Math.max(own.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

/** When another commit was last checked out or made: the bundle names its commit. 0 outside of Git. */
function newCommit(root) {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--git-path', 'logs/HEAD'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const path = resolve(root, stdout?.trim() ?? '')
  return status === 0 && existsSync(path) ? statSync(path).mtimeMs : 0
}

export function isBuilt(root = '.') {
  // The notices are written last: without them a build was cut short.
  const built = ['dist/main.js', 'dist/THIRD-PARTY-NOTICES.txt'].map((name) => join(root, name))
  if (!built.every((path) => existsSync(path))) return false
  const oldest = Math.min(...built.map((path) => statSync(path).mtimeMs))
  if (newCommit(root) > oldest) return false
  return readdirSync(root).every((name) => elsewhere.has(name) || newest(join(root, name)) < oldest)
}
