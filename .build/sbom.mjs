// Prints the list of parts of what ships, as CycloneDX JSON. `npm sbom --omit dev` can't be used for it: it
// also leaves out every production package that some development package needs as well (91 of 260, npm 11.19).
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const own = JSON.parse(readFileSync('package.json', 'utf8'))
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const shipped = new Set([`${own.name}@${own.version}`])
for (const [path, entry] of Object.entries(lock.packages)) {
  const name = entry.name ?? path.split('node_modules/').at(-1)
  if (path !== '' && entry.dev !== true) shipped.add(`${name}@${entry.version}`)
}

const everything = JSON.parse(
  execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'], {
    encoding: 'utf8',
    maxBuffer: 100 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
)
everything.metadata.component.name = own.name
everything.components = everything.components.filter((part) => shipped.has(part['bom-ref']))
everything.dependencies = everything.dependencies
  .filter(({ ref }) => shipped.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => shipped.has(each)) }))
process.stdout.write(`${JSON.stringify(everything, null, 2)}\n`)
