import t from 'tap'
import { ApiFailure } from '../../../src/errors.ts'
import type { Listing } from '../../../src/ports/listing.ts'
import { compareManifest } from '../../../src/provision/plan/drift.ts'
import { aCaller } from '../../support/callers.ts'
import { createFakeCloudflare, type FakeCloudflare } from '../../support/fake-cloudflare.ts'
import { manifestOf, referencesTo } from '../../support/manifest-files.ts'
import { account, accountId, aJob } from '../../support/provision-values.ts'

/* How the objects of a manifest stand to what is live, for the exporter. */

const { destinationConf } = aJob().resource
const yaml = (jobs: string, more = '') => `version: 1
account: { id: ${accountId} }
owner: sre
${more}jobs:${jobs}
`
const job = (name: string, more = '') => `
  - name: ${name}
    scope: account
    dataset: workers_trace_events
    destination: { url: "\${env:CONF}" }${more}`

function world(datasets: Readonly<Record<string, readonly string[]>> = {}): FakeCloudflare {
  return createFakeCloudflare({ accounts: [{ id: accountId, name: 'Quay' }], datasets })
}

async function compared(text: string, cloudflare: FakeCloudflare) {
  const { directory, jobs, notifications } = cloudflare
  const deps = {
    directory,
    jobs,
    notifications,
    call: aCaller(),
    parallel: 2,
    references: referencesTo({ CONF: destinationConf.reveal() }),
  }
  const found = await compareManifest(manifestOf(text), deps)
  return found.ok
    ? found.value.objects.map(({ change, kind, name }) => `${change} ${kind} ${name}`)
    : found.problems.map(({ message }) => message)
}

const live = { dataset: 'workers_trace_events', destinationConf, enabled: true }

t.test('an object is missing, other, the same, or too many', async (t) => {
  const cloudflare = world()
  cloudflare.addJob(account, { ...live, name: 'sre-same' })
  cloudflare.addJob(account, { ...live, name: 'sre-other', enabled: false })
  cloudflare.addJob(account, { ...live, name: 'sre-old' })
  cloudflare.addJob(account, { ...live, name: 'lab-not-ours' })
  const text = yaml(['sre-same', 'sre-other', 'sre-new'].map((name) => job(name)).join(''), 'prune: true\n')
  t.same((await compared(text, cloudflare)).toSorted(), [
    'create job sre-new',
    'delete job sre-old',
    'none job sre-same',
    'update job sre-other',
  ])
})

t.test('an object that can only be replaced, and may not be, differs all the same', async (t) => {
  const cloudflare = world()
  cloudflare.addJob(account, { ...live, dataset: 'audit_logs', name: 'sre-own' })
  cloudflare.addJob(account, { ...live, dataset: 'audit_logs', name: 'by-hand' })
  t.same(await compared(yaml(job('sre-own') + job('by-hand', '\n    adopt: true')), cloudflare), [
    'update job sre-own',
    'update job by-hand',
  ])
})

t.test('of what cannot be read nobody says that it is missing or the same', async (t) => {
  const cloudflare = world()
  const odd = { id: '7', name: 'sre-odd', field: 'enabled', leftOut: true }
  const listJobs: FakeCloudflare['jobs']['listJobs'] = async (...given) => {
    const list: Listing<Awaited<ReturnType<typeof cloudflare.jobs.getJob>>> = await cloudflare.jobs.listJobs(
      ...given,
    )
    return { ...list, unreadable: [odd] }
  }
  cloudflare.addJob(account, { ...live, name: 'sre-same' })
  const partly = { ...cloudflare, jobs: { ...cloudflare.jobs, listJobs } }
  t.same(await compared(yaml(job('sre-odd') + job('sre-same')), partly), ['none job sre-same'])
  t.same(await compared(yaml(job('sre-odd') + job('sre-same')), cloudflare), [
    'create job sre-odd',
    'none job sre-same',
  ])
})

t.test(
  'all fields, when they cannot be looked up, fail the comparison; when there are none, they are as live',
  async (t) => {
    const all = yaml(job('sre-all', '\n    output: { fields: all }'))
    const cloudflare = world({ workers_trace_events: ['Outcome'] })
    cloudflare.addJob(account, { ...live, name: 'sre-all', outputOptions: { field_names: ['Outcome'] } })
    t.same(await compared(all, cloudflare), ['none job sre-all'])
    cloudflare.intercept(({ operation }) => {
      if (operation === 'list fields') throw new ApiFailure('forbidden', 'no', { operation })
    })
    await t.rejects(
      compared(all, cloudflare),
      new ApiFailure('forbidden', 'no', { operation: 'list fields' }),
    )
    const bare = world({ workers_trace_events: [] })
    bare.addJob(account, { ...live, name: 'sre-all', outputOptions: { field_names: ['Outcome'] } })
    t.same(await compared(all, bare), ['none job sre-all'])
  },
)

t.test('a manifest whose references cannot be resolved has no objects', async (t) => {
  const text = yaml(job('sre-same')).replace('env:CONF', 'env:NOTHING')
  t.match((await compared(text, world())).join('\n'), /NOTHING/)
})
