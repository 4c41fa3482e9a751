import { readFileSync } from 'node:fs'
import t from 'tap'
import {
  buildDestination,
  describeDestination,
  parseDestination,
} from '../../src/domain/destination/destination.ts'
import { Secret } from '../../src/domain/secret.ts'
import { destinationDiff } from '../../src/provision/plan/compare-destination.ts'
import { planManifest } from '../../src/provision/plan/planning.ts'
import { exportManifest } from '../../src/provision/transfer/export-manifest.ts'
import { exportTerraform } from '../../src/provision/transfer/export-terraform.ts'
import { importTerraform } from '../../src/provision/transfer/import-terraform.ts'
import type { Exported, Portable } from '../../src/provision/transfer/portable.ts'
import { readPortable } from '../../src/provision/transfer/portable-live.ts'
import { readYaml } from '../../src/settings/yaml-text.ts'
import { aCaller } from '../support/callers.ts'
import { createFakeCloudflare } from '../support/fake-cloudflare.ts'
import { shownAfterImport } from '../support/hcl.ts'
import { manifestOf, referencesTo } from '../support/manifest-files.ts'
import { account, accountId } from '../support/provision-values.ts'

const corpus = readFileSync(new URL('destinations.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t'))
  .map(([kind = '', conf = '']) => ({ kind, conf }))

/** An account in which each of them is the destination of a job. */
function live() {
  const fake = createFakeCloudflare({ accounts: [account] })
  for (const [index, { conf }] of corpus.entries()) {
    fake.addJob(account, { name: `job-${index}`, dataset: 'audit_logs', destinationConf: new Secret(conf) })
  }
  const deps = (texts: Readonly<Record<string, string>>) => ({
    directory: fake.directory,
    jobs: fake.jobs,
    notifications: fake.notifications,
    token: fake.token,
    call: aCaller(),
    parallel: 1,
    references: referencesTo(texts),
    now: 0,
  })
  const read = () => readPortable(account, () => true, deps({}))
  const plan = async (portable: Portable) => {
    const { text, variables } = exportManifest(portable, { owner: null, title: '', parseYaml: readYaml })
    const planned = await planManifest(manifestOf(text), deps(valuesOf(variables)), {
      targets: [],
      rotate: [],
      offline: true,
      webhookRecords: new Map(),
    })
    if (!planned.ok) throw new Error(JSON.stringify(planned.problems))
    return { text, plan: planned.value.plan }
  }
  return { read, plan }
}

function valuesOf(variables: Exported['variables']): Readonly<Record<string, string>> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value?.reveal() ?? accountId]))
}

t.test(
  'each of 100 real destinations is read as its kind, and built again without a difference',
  async (t) => {
    t.ok(corpus.length >= 100, `${corpus.length} destinations`)
    for (const { kind, conf } of corpus) {
      const destination = parseDestination(conf)
      t.equal(destination.kind, kind, conf)
      t.same(destinationDiff(buildDestination(destination), new Secret(conf)), [], conf)
    }
  },
)

t.test('nothing secret of them is shown', async (t) => {
  for (const { conf } of corpus) t.notMatch(describeDestination(new Secret(conf)).redacted, /canary/, conf)
})

t.test('imported from live jobs they plan no change, and the manifest holds no secret', async (t) => {
  const { read, plan } = live()
  const made = await plan(await read())
  t.same(made.plan.changes, [])
  t.equal(made.plan.unchanged, corpus.length)
  t.notMatch(made.text, /canary/)
})

t.test('exported to Terraform they are the same letters, and importing that plans no change', async (t) => {
  const { read, plan } = live()
  const { text, variables } = exportTerraform(await read())
  t.notMatch(text, /canary/)
  const shown: unknown = JSON.parse(JSON.stringify(shownAfterImport(text, valuesOf(variables))))
  const imported = importTerraform(shown, { id: accountId, name: '' })
  t.same(
    imported.jobs.map(({ resource }) => resource.destinationConf.reveal()),
    corpus.map(({ conf }) => conf),
  )
  t.same((await plan(imported)).plan.changes, [])
})
