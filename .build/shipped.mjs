// The packages that ship: those with code in the bundle, and those installed beside it. The lock file can't
// tell: to npm everything that is bundled is a development dependency.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { outside } from './bundle-options.mjs'
import { bundledFolders } from './bundled.mjs'
import { closureOf } from './closure.mjs'

/** What ships, by name and version: `{ path, name, version, licence }`. */
export async function shippedPackages() {
  const folders = new Set([...(await bundledFolders()), ...closureOf(outside)])
  return [...folders]
    .map((path) => {
      const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
      return { path, name, version, licence: typeof license === 'string' ? license : 'none' }
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'))
}
