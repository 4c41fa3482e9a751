// Packages as they are installed, found as Node finds them.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A folder that holds a package, found as Node would from another package's folder; null when there is none. */
function folderOf(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return candidate
    if (folder === '.' || folder === dirname(folder)) return null
  }
}

/**
 * The folders of the packages named and of all that they depend on, `skipped` excepted. An optional dependency that is not installed
 * (another platform's binary) is left out.
 */
export function closureOf(names, skipped = []) {
  const found = new Set()
  const visit = (name, from) => {
    const folder = skipped.includes(name) ? null : folderOf(name, from)
    if (folder === null || found.has(folder)) return
    found.add(folder)
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    )
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) visit(each, folder)
  }
  for (const name of names) visit(name, '.')
  return [...found]
}
