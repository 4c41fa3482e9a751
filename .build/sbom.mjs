// Prints the list of parts of what ships, in the bundle or beside it, as CycloneDX JSON. `npm sbom --omit dev` can't be used for
// it: to npm everything that is bundled is a development dependency.
import { execFileSync } from 'node:child_process'
import { own } from './bundle-options.mjs'
import { shippedPackages } from './shipped.mjs'

const parts = await shippedPackages()
const shipped = new Set([own, ...parts].map(({ name, version }) => `${name}@${version}`))

const everything = JSON.parse(
  execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'], {
    encoding: 'utf8',
    maxBuffer: 100 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
)
everything.metadata.component.name = own.name
everything.components = everything.components
  .filter((part) => shipped.has(part['bom-ref']))
  // npm's word on how it came here; it is in the product all the same.
  .map((part) => ({
    ...part,
    properties: part.properties.filter(({ name }) => name !== 'cdx:npm:package:development'),
  }))
everything.dependencies = everything.dependencies
  .filter(({ ref }) => shipped.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => shipped.has(each)) }))
process.stdout.write(`${JSON.stringify(everything, null, 2)}\n`)
