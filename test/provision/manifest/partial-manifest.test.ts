import t from 'tap'
import { parsePartially } from '../../../src/provision/manifest/partial-manifest.ts'

const whole = { name: 'a', zone: 'z.example', dataset: 'dns_logs', destination: { gcs: { bucket: 'b' } } }
const rescued = (edit: Readonly<Record<string, unknown>>) =>
  parsePartially({ jobs: [{ ...whole, ...edit }] }).jobs?.[0]

t.test('of a job only what is wrong is lost', async (t) => {
  t.same(rescued({}), whole)
  t.same(rescued({ enabled: 'sometimes' }), whole)
  t.same(rescued({ upload: { max_records: 'many', max_interval: '60s' } }), {
    ...whole,
    upload: { max_interval: '60s' },
  })
  t.same(rescued({ surprise: 1 }), whole)
  t.same(rescued({ x: 1 }), whole, 'a key of one letter stands for none')
})

t.test('a misspelt key counts as what it most likely stands for', async (t) => {
  const { dataset, ...rest } = whole
  t.same(parsePartially({ jobs: [{ ...rest, dataste: dataset }] }).jobs?.[0], whole)
  t.same(rescued({ upload: { max_intervall: '60s' } }), { ...whole, upload: { max_interval: '60s' } })
})

t.test('of a list only the item that is wrong is put right', async (t) => {
  const filter = (first: object) => ({
    where: { and: [first, { key: 'b', operator: 'eq', value: 2 }] },
  })
  t.same(rescued({ filter: filter({ kay: 'a', operator: 'eq', value: 1 }) }), {
    ...whole,
    filter: filter({ key: 'a', operator: 'eq', value: 1 }),
  })
})

t.test('a list with a wrong item is lost whole, and the rest of its object stays', async (t) => {
  const policy = { name: 'p', alert: 'a', webhooks: ['w'] }
  const policies = (email: unknown) =>
    parsePartially({ notifications: { policies: [{ ...policy, email }] } }).notifications?.policies
  t.same(policies(['a@b.example', 7]), [policy])
  t.same(policies(['a@b.example']), [{ ...policy, email: ['a@b.example'] }])
  t.same(policies('a@b.example'), [policy])
})

t.test('a job of which too little is left is none, and its neighbours are read', async (t) => {
  const { destination: _, ...without } = whole
  t.same(parsePartially({ jobs: [without, whole, 'job', { ...whole, name: 7 }] }).jobs, [
    null,
    whole,
    null,
    null,
  ])
})

t.test('what is no manifest holds nothing', async (t) => {
  const nothing = { prune: false, jobs: [], notifications: { webhooks: [], policies: [] } }
  for (const odd of [null, 7, 'text', [], {}, { jobs: {}, notifications: 7, owner: '', prune: 'yes' }])
    t.match(parsePartially(odd), { ...nothing, owner: undefined, account: undefined })
  t.match(parsePartially({ owner: 'sre-', prune: true }), { owner: 'sre-', prune: true })
})
