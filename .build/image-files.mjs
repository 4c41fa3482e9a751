// Lays out what the container image needs beside Node, in the folder given:
//   app/dist/         the bundle, without source maps
//   app/alerts/       the runbooks
//   app/*             package.json cut to what Node reads, the licence and the notices of what is bundled
//   volume/data/      an empty folder for the ledger, which its group may write too
import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { outside, own } from './bundle-options.mjs'

const target = process.argv[2]
if (target === undefined) throw new Error('usage: node .build/image-files.mjs FOLDER')
const app = join(target, 'app')

// Every package that the bundle leaves outside stands in for a module that Node 24 has itself.
const standsIn = new Map([['@photostructure/sqlite', 'node:sqlite']])
for (const name of outside) {
  const module = standsIn.get(name)
  if (module === undefined || process.getBuiltinModule(module) === undefined)
    throw new Error(`the image needs ${name}, which nothing brings into it`)
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
process.stdout.write(
  `${app}: ${readdirSync(join(app, 'dist'), { recursive: true }).length} files of the bundle\n`,
)
