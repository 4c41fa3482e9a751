import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { ApiFailure, type ApiFailureKind } from '../../../src/errors.ts'
import { type LiveDeps, readPortable } from '../../../src/provision/transfer/portable-live.ts'
import { aCaller } from '../../support/callers.ts'
import { createFakeCloudflare, type FakeCloudflare } from '../../support/fake-cloudflare.ts'
import { account, accountId, zone } from '../../support/provision-values.ts'

const owner = { id: accountId, name: 'Quay' }
const hook = { name: 'sre-hook', url: new Secret('https://hooks.example.com/x') }
const conf = { dataset: 'http_requests', destinationConf: new Secret('gs://quay-logs') }

function cloudflare(): FakeCloudflare {
  return createFakeCloudflare({ accounts: [owner], zones: [zone] })
}

const deps = (fake: FakeCloudflare, edit: Partial<LiveDeps> = {}): LiveDeps => ({
  directory: fake.directory,
  jobs: fake.jobs,
  notifications: fake.notifications,
  call: aCaller(),
  parallel: 1,
  ...edit,
})

t.test('an account is read without its notifications where the token may not read them', async (t) => {
  const fake = cloudflare()
  fake.addJob(account, { name: 'a', ...conf })
  fake.addWebhook(accountId, hook)
  const failing = (kind: ApiFailureKind) =>
    fake.intercept(({ operation }) => {
      if (operation === 'list webhooks') throw new ApiFailure(kind, `cannot: ${kind}`, { operation })
    })
  failing('forbidden')
  t.match(await readPortable(owner, () => true, deps(fake)), {
    jobs: { length: 1 },
    webhooks: [],
    policies: [],
    pagerduty: [],
    notes: ['Webhooks and policies are skipped: the token may not read them (Notifications Read).'],
  })
  failing('unavailable')
  await t.rejects(
    readPortable(owner, () => true, deps(fake)),
    /cannot: unavailable/,
  )
})

t.test('jobs of a zone that the list of the account names as well are the ones of the zone', async (t) => {
  const fake = cloudflare()
  const ids = ['a', 'b', 'c'].map((name) => fake.addJob(zone, { name, ...conf }).id)
  fake.addJob(account, { name: 'home', ...conf })
  const { listJobs } = fake.jobs
  const jobs: LiveDeps['jobs'] = {
    ...fake.jobs,
    async listJobs(scope, options) {
      const own = await listJobs(scope, options)
      if (scope.kind === 'zone') return { ...own, items: own.items.toReversed() }
      const { items } = await listJobs(zone, options)
      return { ...own, items: [...own.items, ...items] }
    },
  }
  const portable = await readPortable(owner, () => true, deps(fake, { jobs }))
  t.same(
    portable.jobs.map(({ resource: { name, scope } }) => `${scope.kind} ${name}`),
    ['account home', 'zone a', 'zone b', 'zone c'],
  )
  t.same(
    portable.jobs.slice(1).map(({ id }) => id),
    ids,
  )
  const ofZones = await readPortable(owner, ({ kind }) => kind === 'zone', deps(fake, { jobs }))
  t.equal(ofZones.jobs.length, 3)
})

t.test('what cannot be read in full is said of each object', async (t) => {
  const fake = cloudflare()
  const unreadable = [
    { id: '7', name: 'odd', field: 'enabled', leftOut: true },
    { id: null, name: null, field: 'id', leftOut: true },
    { id: '8', name: '', field: 'last_complete', leftOut: false },
  ]
  const jobs: LiveDeps['jobs'] = {
    ...fake.jobs,
    listJobs: async ({ kind }) => ({ items: [], unreadable: kind === 'zone' ? unreadable : [] }),
  }
  const notifications: LiveDeps['notifications'] = {
    ...fake.notifications,
    listWebhooks: async () => ({ items: [], unreadable: unreadable.slice(0, 1) }),
  }
  const { notes } = await readPortable(owner, () => true, deps(fake, { jobs, notifications }))
  const skipped = "is skipped: Cloudflare's answer cannot be read at"
  t.same(notes, [
    `A job of zone quay.example (id 7, name odd) ${skipped} enabled.`,
    `A job of zone quay.example (id unknown, name unknown) ${skipped} id.`,
    "A job of zone quay.example (id 8, name none) lacks last_complete, where Cloudflare's answer cannot be read.",
    `A webhook of account Quay (id 7, name odd) ${skipped} enabled.`,
  ])
})
