// Which packages have code in the bundle. The build notes it beside dist/, so that licences, audit and the list
// of parts need not bundle again; without a note that fits dist/, the bundle is made once more in memory.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'
import { bundleOptions } from './bundle-options.mjs'

const note = '.cache/bundled-packages.json'

/** The entry names its chunks, and they each other, by their content: it stands for all of dist/. */
const fingerprint = () => createHash('sha256').update(readFileSync('dist/main.js')).digest('hex')

/** `node_modules/a/node_modules/@b/c/lib/d.js` → `node_modules/a/node_modules/@b/c`; null for our own files. */
function packageFolder(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? null
}

/** The folders of the packages that have code left after what is unused was shaken off. */
function foldersIn(metafile) {
  const folders = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([input]) => packageFolder(input)),
  )
  return [...new Set(folders)].filter((folder) => folder !== null)
}

/** To be called with esbuild's metafile once dist/ is written. */
export function noteBundled(metafile) {
  mkdirSync('.cache', { recursive: true })
  writeFileSync(note, JSON.stringify({ fingerprint: fingerprint(), folders: foldersIn(metafile) }))
}

export async function bundledFolders() {
  if (existsSync(note) && existsSync('dist/main.js')) {
    const noted = JSON.parse(readFileSync(note, 'utf8'))
    if (noted.fingerprint === fingerprint()) return noted.folders
  }
  const { metafile } = await build({ ...bundleOptions, sourcemap: false, write: false })
  return foldersIn(metafile)
}
