// Which known vulnerabilities are in what ships: `npm audit --json | node .build/audit.mjs`, or `npm run audit`.
// npm's own --omit=dev can't tell: to npm everything that is bundled is a development dependency.
// Exits 1 when there is one, and when the report is none.
import { readFileSync } from 'node:fs'
import { shippedPackages } from './shipped.mjs'

function readReport() {
  const text = readFileSync(0, 'utf8')
  try {
    return JSON.parse(text)
  } catch {
    return { message: text.trim() === '' ? 'npm printed nothing' : text.trim() }
  }
}

const report = readReport()
if (typeof report.vulnerabilities !== 'object' || report.vulnerabilities === null) {
  process.stderr.write(
    `cannot audit: ${report.message ?? 'npm printed no report'}. Run \`npm audit\` to see why.\n`,
  )
  process.exit(1)
}

const parts = new Map((await shippedPackages()).map((part) => [part.path, part]))
/** A vulnerability of the package itself is an object; one that comes from a dependency is that one's name. */
const reasons = ({ via }) =>
  via.filter((each) => typeof each === 'object').map(({ title, url }) => `${title} ${url}`)
const found = Object.values(report.vulnerabilities).flatMap((vulnerability) =>
  vulnerability.nodes
    .filter((path) => parts.has(path) && reasons(vulnerability).length > 0)
    .map((path) => {
      const { name, version } = parts.get(path)
      return `${name}@${version} (${vulnerability.severity}): ${reasons(vulnerability).join('; ')}\n`
    }),
)
process.stdout.write(
  found.length > 0
    ? found.join('')
    : `no known vulnerability in the ${parts.size} packages that ship; ${Object.keys(report.vulnerabilities).length} in others\n`,
)
process.exitCode = found.length > 0 ? 1 : 0
