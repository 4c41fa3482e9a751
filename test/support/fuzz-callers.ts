/* Targets: what callers and people say, on the command line and over HTTP, and what they hand over as files. */
import { ok } from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCommandLine } from '../../src/cli/command-line.ts'
import { program } from '../../src/commands/program/program.ts'
import { Secret } from '../../src/domain/secret.ts'
import { UserError } from '../../src/errors.ts'
import { createBasicAuth } from '../../src/http/access/basic-auth.ts'
import { certificateNames } from '../../src/http/access/certificate-names.ts'
import { readWebConfig } from '../../src/http/access/web-config.ts'
import { acceptsGzip, chooseFormat } from '../../src/http/negotiation.ts'
import { apiRules, parseStatusQuery, queryHref } from '../../src/http/pages/status-query.ts'
import { readManifest } from '../../src/provision/manifest/manifest.ts'
import { resolveManifest } from '../../src/provision/manifest/resolve-manifest.ts'
import { readSavedPlan } from '../../src/provision/plan/saved-plan.ts'
import { exportManifest } from '../../src/provision/transfer/export-manifest.ts'
import { exportTerraform } from '../../src/provision/transfer/export-terraform.ts'
import { importAppInterface } from '../../src/provision/transfer/import-app-interface.ts'
import { importTerraform } from '../../src/provision/transfer/import-terraform.ts'
import type { Portable } from '../../src/provision/transfer/portable.ts'
import { createChallengeCache } from '../../src/runtime/challenge-cache.ts'
import { createWebhookRecords } from '../../src/runtime/webhook-records.ts'
import { allSettings } from '../../src/settings/exporter-settings.ts'
import { readSettings } from '../../src/settings/settings-parse.ts'
import { readYaml } from '../../src/settings/yaml-text.ts'
import { account, zone } from './cloudflare-clients.ts'
import type { FuzzTarget } from './fuzz.ts'
import { ofJson, target } from './fuzz-target.ts'
import { shownAfterImport } from './hcl.ts'
import { logSink } from './log-sink.ts'

const folder = (name: string): URL => new URL(`../${name}/`, import.meta.url)

function filesOf(name: string, fits: RegExp): readonly string[] {
  return readdirSync(folder(name))
    .filter((file) => fits.test(file))
    .map((file) => readFileSync(new URL(file, folder(name)), 'utf8'))
}

/** What people are told in so many words is no crash. */
async function refusedInWords(work: () => unknown): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
  }
}

function toManifest(portable: Portable): void {
  exportManifest(portable, { owner: 'sre', title: 'fuzz', parseYaml: readYaml })
}

/** What is written as Terraform's configuration is read by Terraform, with as many jobs. */
function toTerraform(portable: Portable): void {
  const { text, variables } = exportTerraform(portable)
  const values = Object.fromEntries(variables.map(({ name, value }) => [name, value?.reveal() ?? 'x']))
  const shown: unknown = JSON.parse(JSON.stringify(shownAfterImport(text, values)))
  const again = importTerraform(shown, { id: account.id, name: '' })
  ok(again.jobs.length === portable.jobs.length, `${portable.jobs.length} jobs became ${again.jobs.length}`)
}

const references = {
  env: (name: string) => (name === 'MISSING' ? undefined : `value of ${name}`),
  readFile: () => ({ ok: true, text: 'text of a file\n' }) as const,
}

const clock = { now: () => Date.UTC(2026, 10, 24, 3) }
const conf = new Secret('s3://quay-logs/http?region=us-east-1')

/** Files of this program's own that anybody with the disk can change. */
async function readOwnFiles(text: string): Promise<void> {
  const own = mkdtempSync(join(tmpdir(), 'fuzz-'))
  try {
    const deps = { path: join(own, 'records.json'), pid: 1, log: logSink() }
    writeFileSync(deps.path, text)
    await createChallengeCache({ ...deps, clock }).load(zone('b'), conf)
    await createWebhookRecords(deps).load()
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}

export const callerTargets: readonly FuzzTarget[] = [
  target('command lines', async (text) => {
    const argv = text.split('\n').slice(0, 50)
    const refuse = () => ({ ok: false, reason: 'no such file' }) as const
    await refusedInWords(() => readCommandLine(program, { argv, env: {}, readFile: refuse }))
  }),
  target('addresses of pages', (text) => {
    const { query } = parseStatusQuery(text, apiRules)
    ok(query.page >= 1 && query.perPage >= 1 && query.perPage <= apiRules.maxPerPage)
    const { page, perPage: _, ...filter } = query
    const href = queryHref('/', { ...filter, page }, true)
    const { query: again } = parseStatusQuery(href.split('?')[1] ?? '', apiRules)
    ok(again.search === query.search && again.state === query.state && again.page === page, href)
  }),
  target('headers of callers', async (text) => {
    chooseFormat(text)
    acceptsGzip(text)
    const auth = await createBasicAuth()
    ok((await auth.check(text, new Map())) === 'refused')
  }),
  target('names in certificates', (text) => {
    for (const name of certificateNames(text)) ok(name.length <= text.length + 2, name)
  }),
  {
    name: 'manifests',
    seeds: filesOf('manifests', /^(valid|warns)-/),
    run(text) {
      const read = readManifest([{ file: 'm.yaml', text }], readYaml)
      if (!read.ok) return
      for (const what of ['everything', 'unread', 'places'] as const)
        resolveManifest(read.value, references, what)
    },
  },
  {
    name: 'web config',
    seeds: filesOf('http/fixtures', /\.yaml$/),
    run(text) {
      const yaml = readYaml(text)
      if (yaml.ok) readWebConfig(yaml.root, '/etc')
    },
  },
  target('settings', async (text) => {
    const given = new Map([['config.file', ['c.yaml']]])
    await readSettings(allSettings, {}, { given, env: {}, readFile: () => ({ ok: true, text }) })
  }),
  target('app-interface files', (text) => {
    const read = importAppInterface([{ file: 'quay.yml', text }], { id: account.id, name: '' }, readYaml)
    if (read.ok) for (const { portable } of read.value) toManifest(portable)
  }),
  target(
    'Terraform states',
    ofJson((json) => {
      const portable = importTerraform(json, { id: account.id, name: '' })
      toManifest(portable)
      toTerraform(portable)
    }),
  ),
  target('saved plans', (text) => refusedInWords(() => readSavedPlan('plan.json', text))),
  target('records of its own', readOwnFiles),
]
