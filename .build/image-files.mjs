// Lays out what the container image needs beside Node, in the folder given:
//   app/dist/         the bundle, without source maps
//   app/node_modules  the packages that the bundle leaves outside and what they require, for this platform only
//   app/alerts/       the runbooks
//   app/*             package.json cut to what Node reads, the licence and the notices of what is bundled
//   volume/data/      an empty folder for the ledger, which its group may write too
import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { outside, own } from './bundle-options.mjs'
import { closureOf } from './closure.mjs'

/** Needed to compile only. */
const buildOnly = ['node-addon-api']
/** What runs, and what must be passed on; tests, sources, types and editors' leftovers stay behind. */
const isKept = (path) =>
  /\.(js|cjs|mjs|node)$|\/package\.json$|\/licen[cs]e[^/]*$|\/dict\/.*\.txt$/i.test(path)
const isLeftBehind = (path) => /\/(\.|tests?\/|test\.|node_modules\/|benchmark)/.test(path)

const target = process.argv[2]
if (target === undefined) throw new Error('usage: node .build/image-files.mjs FOLDER')
const app = join(target, 'app')

/** Native builds for another C library or another Node are never loaded; the portable one is kept. */
function isForeignBinary(path) {
  const match = /^node\.(napi|abi(\d+))\.(glibc|musl)\.node$/.exec(basename(path))
  if (match === null) return false
  return match[3] === 'musl' || (match[2] !== undefined && match[2] !== process.versions.modules)
}

for (const folder of closureOf(outside, buildOnly)) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const inside = path.slice(folder.length)
    if (!entry.isFile() || !isKept(inside) || isLeftBehind(inside) || isForeignBinary(path)) continue
    cpSync(path, join(app, path))
  }
}
cpSync('dist', join(app, 'dist'), { recursive: true, filter: (path) => !path.endsWith('.map') })

const { name, version, type, license } = own
writeFileSync(join(app, 'package.json'), `${JSON.stringify({ name, version, type, license }, null, 2)}\n`)
cpSync('LICENSE', join(app, 'LICENSE'))
// The exporter shows them under /runbooks.
cpSync('alerts/runbooks', join(app, 'alerts/runbooks'), { recursive: true })
const data = join(target, 'volume/data')
mkdirSync(data, { recursive: true })
chmodSync(data, 0o770)
process.stdout.write(`${app}: ${readdirSync(join(app, 'node_modules')).length} packages beside the bundle\n`)
