// The packages that ship: those with code in the bundle, and those installed beside it. The lock file can't
// tell: to npm everything that is bundled is a development dependency.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundleOptions, outside } from './bundle-options.mjs'
import { closureOf } from './closure.mjs'

/** `node_modules/a/node_modules/@b/c/lib/d.js` → `node_modules/a/node_modules/@b/c`; null for our own files. */
function packageFolder(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? null
}

/** The folders of the packages that have code left in the bundle after what is unused was shaken off. */
async function bundledFolders() {
  const { metafile } = await build({ ...bundleOptions, sourcemap: false, write: false })
  const folders = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([input]) => packageFolder(input)),
  )
  return [...new Set(folders)].filter((folder) => folder !== null)
}

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
