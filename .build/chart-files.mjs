// Copies what the Helm chart ships from alerts/ and dashboards/, since a chart can't read outside itself.
// The copies are committed, so that the chart works straight from a checkout (Argo CD, Flux), and a test
// says when they are stale. Run `npm run chart:files` after changing a rule or a dashboard.
//   --check  changes nothing; exits 1 and names what differs
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const target = 'deploy/helm/logpush-exporter/files'
const sources = [
  {
    folder: 'alerts',
    wanted: (name) => name === 'prometheusrule.yaml' || name === 'alertmanagerconfig.yaml',
  },
  { folder: 'dashboards', wanted: (name) => name.endsWith('.json') },
]

const wanted = new Map()
for (const { folder, wanted: isWanted } of sources) {
  for (const name of readdirSync(folder).filter(isWanted)) {
    wanted.set(join(folder, name), readFileSync(join(folder, name), 'utf8'))
  }
}

const present = existsSync(target)
  ? readdirSync(target, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(target.length + 1))
  : []
const stale = present.filter((path) => !wanted.has(path))
const changed = [...wanted].filter(
  ([path, text]) => !present.includes(path) || readFileSync(join(target, path), 'utf8') !== text,
)

if (process.argv.includes('--check')) {
  const differences = [...changed.map(([path]) => path), ...stale]
  if (differences.length > 0) {
    process.stderr.write(
      `${target} differs from its source, run \`npm run chart:files\`: ${differences.join(', ')}\n`,
    )
    process.exitCode = 1
  }
} else {
  for (const path of stale) rmSync(join(target, path))
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(target, path)), { recursive: true })
    writeFileSync(join(target, path), text)
  }
  process.stdout.write(
    `${target}: ${wanted.size} files, ${changed.length} written, ${stale.length} removed\n`,
  )
}
