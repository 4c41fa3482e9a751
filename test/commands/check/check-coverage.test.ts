import { join } from 'node:path'
import t from 'tap'
import { readCoverage } from '../../../src/commands/check/check-coverage.ts'
import { exitCode } from '../../../src/errors.ts'
import { aCaller, pageOf } from '../../support/callers.ts'
import { quay, zone } from '../../support/exporter-core.ts'
import { blog } from '../../support/probed-cloudflare.ts'

/* The manifest that `check` reads for its zones. */

const shop = zone('shop.example')
const directory = {
  listAccounts: async (page: number) => pageOf([quay], page),
  listZones: async ({ page }: { readonly page: number }) => pageOf([blog, shop], page),
}
const settings = { referencesAllow: [], apiTokenFile: null, configFile: null }

const manifest = (rest: string): string => `version: 1
account: { id: ${quay.id} }
jobs:
  - name: http
    dataset: http_requests
    destination: { s3: { bucket: b, region: us-east-1, access_key_id: a, secret_access_key: "\${env:NOT_SET}" } }
${rest}`

t.test('zones without a job of a dataset are found, without reading a secret', async (t) => {
  const coverage = async (rest: string) => {
    const file = join(t.testdir({ 'm.yaml': '' }), 'm.yaml')
    const io = { env: {}, readFile: () => ({ ok: true, text: manifest(rest) }) as const }
    return readCoverage(file, { directory, call: aCaller() }, settings, io)
  }
  t.match(await coverage('    zones: [blog.example]\n'), [
    { account: { name: 'Quay' }, dataset: 'http_requests', uncovered: [{ name: 'shop.example' }] },
  ])
  t.strictSame(await coverage('    zone: blog.example\n'), [])
})

t.test('all that is wrong with the manifest is said, a line each', async (t) => {
  const file = join(t.testdir({ 'm.yaml': '' }), 'm.yaml')
  const io = {
    env: {},
    readFile: () => ({ ok: true, text: manifest('    zones: 7\n    colour: red\n') }) as const,
  }
  await t.rejects(readCoverage(file, { directory, call: aCaller() }, settings, io), {
    name: 'UserError',
    exitCode: exitCode.manifest,
    message: new RegExp(
      `^--manifest\\.file: ${file}:7:12: jobs\\[0\\]\\.zones: .*\\n${file}:8:5: .*colour.*$`,
    ),
  })
})
