import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { metricDefinitions } from '../src/metrics/definitions.ts'
import { allSettings } from '../src/settings/exporter-settings.ts'
import { readmeWithDemo } from './support/demo-output.ts'

/* What the documents say is what the code says. Their tables are compared in generated.test.ts. */

t.test('the README shows what the demo prints and counts', async (t) => {
  const text = readFileSync('README.md', 'utf8')
  t.equal(await readmeWithDemo(text), text, 'run npm run build and npm run generate')
})

t.test('every file that a document links to is there', async (t) => {
  for (const document of [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'alerts/README.md',
    'dashboards/README.md',
    'deploy/README.md',
    'deploy/arrival.md',
    'deploy/provisioning.md',
  ]) {
    if (!existsSync(document)) {
      t.fail(`${document} is missing`)
      continue
    }
    const text = readFileSync(document, 'utf8').replace(/```[\s\S]*?```/g, '')
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      t.ok(existsSync(join(dirname(document), target)), `${document} → ${target}`)
    }
  }
})

t.test('every metric that a document names exists', async (t) => {
  const known = new Set(metricDefinitions.map(({ name }) => name))
  for (const document of ['README.md', 'CHANGELOG.md', 'deploy/README.md'].filter((path) =>
    existsSync(path),
  )) {
    for (const [name] of readFileSync(document, 'utf8').matchAll(
      // A name after a colon is that of a recorded series, no metric of the exporter.
      /(?<!:)\bcloudflare_(?:failing_)?logpush_[a-z_]+[a-z]\b/g,
    ))
      t.ok(known.has(name.replace(/_(bucket|sum|count)$/, '')) || known.has(name), `${document}: ${name}`)
  }
})

t.test('every flag that the README names exists', async (t) => {
  const flags = new Set(Object.values(allSettings).flatMap(({ flag }) => (flag === null ? [] : [flag])))
  const others = ['once', 'with-alerting', 'config.check', 'silent']
  for (const [, flag = ''] of readFileSync('README.md', 'utf8').matchAll(
    /(?<![\w-])--([a-z][a-z0-9.-]+[a-z0-9])/g,
  ))
    t.ok(flags.has(flag) || others.includes(flag), `--${flag}`)
})
