import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { outputForm } from '../../../src/provision/resource/output-form.ts'
import type { JobResource } from '../../../src/provision/resource/resource.ts'
import { accountVariableOf, exportManifest } from '../../../src/provision/transfer/export-manifest.ts'
import type { Portable, PortableJob, PortablePolicy } from '../../../src/provision/transfer/portable.ts'
import { readYaml } from '../../../src/settings/yaml-text.ts'
import { accountId, aJob, aPolicy, aWebhook } from '../../support/provision-values.ts'

/* A manifest as it is written of single objects, and what is said of what it cannot hold. */

const job = (fields: Partial<JobResource> = {}, more: Partial<PortableJob> = {}): PortableJob => ({
  resource: aJob({ destinationConf: new Secret('gs://quay-logs/workers'), ...fields }).resource,
  id: '7',
  filterText: null,
  logpullOptions: null,
  outputOfLogpull: false,
  frequency: null,
  hadChallenge: false,
  ...more,
})
const policy = (fields: Parameters<typeof aPolicy>[0] = {}): PortablePolicy => ({
  id: null,
  resource: aPolicy({ webhooks: [], ...fields }).resource,
})
const portable = (parts: Partial<Portable>): Portable => ({
  account: { id: accountId, name: 'Quay' },
  jobs: [],
  webhooks: [],
  policies: [],
  pagerduty: [],
  notes: [],
  ...parts,
})
const exported = (parts: Partial<Portable>, accountVariable?: string) =>
  exportManifest(portable(parts), {
    owner: 'sre',
    title: 'A manifest.',
    parseYaml: readYaml,
    ...(accountVariable === undefined ? {} : { accountVariable }),
  })
const lines = (text: string, start: string) =>
  text.split('\n').filter((line) => line.trim().startsWith(start))
const reference = (name: string) => `\${env:${name}}`

t.test('the account is written by its id, else by its name, else behind a variable', async (t) => {
  const of = (given: Portable['account'], variable?: string) => {
    const { text, variables } = exported({ account: given }, variable)
    const [, written = ''] = /^account:\n {2}(.*)$/m.exec(text) ?? []
    return [written, variables.map(({ name, what }) => `${name}: ${what}`)]
  }
  t.same(of({ id: accountId, name: 'Quay' }), [`id: ${accountId}`, []])
  t.same(of({ id: '', name: 'Quay' }), ['name: Quay', []])
  for (const unknown of [null, { id: '', name: '' }]) {
    t.same(of(unknown), [
      `id: ${reference('CLOUDFLARE_ACCOUNT_ID')}`,
      ['CLOUDFLARE_ACCOUNT_ID: id of the account'],
    ])
    t.same(of(unknown, 'LAB_ID'), [`id: ${reference('LAB_ID')}`, ['LAB_ID: id of the account']])
  }
})

t.test('the variable of an account says account once', async (t) => {
  t.equal(accountVariableOf('quay-prod'), 'QUAY_PROD_ACCOUNT_ID')
  t.equal(accountVariableOf('Quay account'), 'QUAY_ACCOUNT_ID')
  t.equal(accountVariableOf('account-lab'), 'ACCOUNT_LAB_ACCOUNT_ID')
})

t.test('what a job leaves behind is in the notes', async (t) => {
  const s3 = new Secret('s3://quay-logs/workers?region=us-east-1')
  const logpull = { logpullOptions: 'fields=RayID' }
  const unlisted = { output: outputForm(null, {}) }
  const newer = { output: { ...outputForm(null, {}), unknown: { zeta: 1, alpha: 'x' } } }
  const kept =
    'its deprecated logpull_options are left unchanged; to replace them, list its fields under output.'
  const challenge =
    'its ownership challenge is not imported: it is valid for 7 days, and needed again only when the destination changes.'
  for (const [what, one, notes] of [
    ['nothing', job(), []],
    ['logpull_options, where no fields are listed', job(unlisted, logpull), [kept]],
    ['logpull_options, where fields are listed', job({}, logpull), []],
    [
      'frequency low',
      job({}, { frequency: 'low' }),
      ['its deprecated frequency "low" is left unchanged; upload covers the same.'],
    ],
    ['frequency high', job({}, { frequency: 'high' }), []],
    ['a challenge that is needed', job({ destinationConf: s3 }, { hadChallenge: true }), [challenge]],
    ['no challenge', job({ destinationConf: s3 }), []],
    [
      'a challenge that no one asks for',
      job({ destinationConf: aJob().resource.destinationConf }, { hadChallenge: true }),
      [],
    ],
    ['newer options', job(newer), ['unknown output options are kept but not written: zeta, alpha.']],
  ] as const) {
    t.same(
      exported({ jobs: [one] }).notes,
      notes.map((note) => `Job sre-worker-logs: ${note}`),
      what,
    )
  }
})

t.test('a job that cannot be said field by field has its whole destination behind a variable', async (t) => {
  // An address that no field can hold, since it says the same parameter twice.
  const conf = 's3://quay-logs/a?region=us-east-1&x=1&x=2'
  const { text, variables, notes } = exported({ jobs: [job({ destinationConf: new Secret(conf) })] })
  t.same(lines(text, 'url:'), [`      url: ${reference('SRE_WORKER_LOGS_DESTINATION')}`])
  t.match(variables, [{ name: 'SRE_WORKER_LOGS_DESTINATION', what: 'destination of job sre-worker-logs' }])
  t.equal(variables[0]?.value?.reveal(), conf)
  t.same(notes, [])
})

t.test('of what a manifest cannot say either way there is a note, and its neighbours stay', async (t) => {
  const twice = { output: outputForm(['RayID', 'RayID'], { output_type: 'csv' }), name: 'sre-twice' }
  const { text, notes } = exported({ jobs: [job(twice), job()] })
  t.same(notes, ['Job sre-twice: manifests do not support output.fields.'])
  t.same(lines(text, 'gcs:').length, 2, 'by fields, which is no worse')
})

t.test('the address of a webhook is cut behind its host', async (t) => {
  const of = (url: string, secret: Secret | 'unknown' | null = null) => {
    const { resource } = aWebhook()
    return exported({ webhooks: [{ id: null, secret, resource: { ...resource, url: new Secret(url) } }] })
  }
  const hidden = (name: string) => reference(`SRE_EXPORTER_${name}`)
  for (const [url, written] of [
    ['https://chat.example.com/', 'https://chat.example.com/'],
    ['https://chat.example.com/canary', `https://chat.example.com/${hidden('URL_PATH')}`],
    ['https://user:canary@chat.example.com/', hidden('URL')],
  ] as const) {
    const { text, notes } = of(url)
    t.same(lines(text, 'url:'), [`      url: ${written}`], url)
    t.same(lines(text, 'secret:'), [])
    t.same(notes, [])
  }
  const untold = of('https://chat.example.com/', 'unknown')
  t.same(lines(untold.text, 'secret:'), [`      secret: ${hidden('SECRET')}`])
  t.same(untold.notes, [
    'Webhook sre-exporter: Cloudflare does not report whether it has a secret; if it has none, remove "secret".',
  ])
  const known = of('https://chat.example.com/', new Secret('canary'))
  t.same(lines(known.text, 'secret:'), [`      secret: ${hidden('SECRET')}`])
  t.same(known.notes, [])
})

t.test('a policy that notifies nobody is skipped, and one that notifies anybody is not', async (t) => {
  const none = policy({ email: [] })
  const skipped = exported({ policies: [none] })
  t.same(skipped.notes, ['Policy sre-logpush-disabled is skipped: it notifies nobody.'])
  t.notMatch(skipped.text, /policies/)
  for (const one of [
    policy(),
    policy({ email: [], webhooks: ['x'] }),
    policy({ email: [], pagerduty: ['SRE'] }),
  ]) {
    const { text, notes } = exported({ policies: [one] })
    t.same(notes, [])
    t.match(text, /alert: failing_logpush_job_disabled_alert/)
  }
})

t.test('a variable that the text does not name is not asked for', async (t) => {
  const conf = new Secret(
    's3://quay-logs/a?region=us-east-1&x=1&x=2&access-key-id=AKID&secret-access-key=canary',
  )
  const { text, variables } = exported({ jobs: [job({ destinationConf: conf })] })
  for (const { name } of variables) t.ok(text.includes(`{env:${name}}`), name)
  t.equal(variables.length, 1)
})
