import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { byAge, isOlder } from '../../../src/provision/plan/age.ts'
import { actualJob, actualWebhook } from '../../../src/provision/resource/live-resource.ts'
import type { Actual } from '../../../src/provision/resource/resource.ts'
import { emptyJob } from '../../support/fake-jobs.ts'
import { account } from '../../support/provision-values.ts'

const destinationConf = new Secret('gs://quay-logs')
const job = (id: string) =>
  actualJob(account, { ...emptyJob, id, name: 'a', dataset: 'dns_logs', destinationConf })
const webhook = (id: string, createdAt: number | null) =>
  actualWebhook(account, {
    id,
    name: 'sre-hook',
    url: new Secret('https://hooks.example.com/x'),
    type: 'generic',
    createdAt,
    lastSuccess: null,
    lastFailure: null,
  })
const sorted = (...objects: readonly Actual[]) => objects.toSorted(byAge).map(({ id }) => id)

t.test('the job with the smaller id is the older', async (t) => {
  t.same([isOlder(job('9'), job('10')), isOlder(job('10'), job('9'))], [true, false])
  t.same(sorted(job('21'), job('9'), job('10')), ['9', '10', '21'])
})

t.test('webhooks are as old as they say, whatever their ids', async (t) => {
  const [first, second] = [webhook('b', 1), webhook('a', 2)]
  t.same([isOlder(first, second), isOlder(second, first)], [true, false])
  t.same(sorted(second, first), ['b', 'a'])
})

t.test('where the age is not known, the order is the same for everybody', async (t) => {
  for (const [one, other] of [
    [webhook('aa-b', null), webhook('a-ac', 1)],
    [webhook('aa-b', 1), webhook('a-ac', null)],
    [webhook('aa-b', 1), webhook('a-ac', 1)],
  ] as const) {
    t.same([isOlder(one, other), isOlder(other, one)], [null, null])
    t.same([sorted(one, other), sorted(other, one)], Array(2).fill(['aa-b', 'a-ac']))
  }
})
