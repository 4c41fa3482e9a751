import t from 'tap'
import { matchObjects } from '../../../src/provision/plan/match.ts'
import { actualJob, actualPolicy } from '../../../src/provision/resource/live-resource.ts'
import type { Actual, Desired, JobResource } from '../../../src/provision/resource/resource.ts'
import { emptyJob } from '../../support/fake-jobs.ts'
import { account, aJob, aPolicy, zone } from '../../support/provision-values.ts'

/* Which live object each wanted one is. */

function live(
  id: string,
  more: Partial<Parameters<typeof actualJob>[1]> = {},
  scope: JobResource['scope'] = account,
) {
  const { name, dataset, destinationConf } = aJob().resource
  return actualJob(scope, { ...emptyJob, id, name, dataset, destinationConf, ...more })
}

function livePolicy(id: string, alertType: string, createdAt: number | null = null): Actual {
  const { name } = aPolicy().resource
  const mechanisms = { email: [], webhooks: [], pagerduty: [] }
  const policy = {
    id,
    name,
    alertType,
    description: '',
    enabled: true,
    mechanisms,
    filters: null,
    alertInterval: null,
    createdAt,
  }
  return actualPolicy(account, policy, { webhooks: new Map(), pagerduty: new Map() })
}

function matched(desired: readonly Desired[], actual: readonly Actual[]) {
  const { created, matched, extra } = matchObjects(desired, actual)
  return {
    created: created.map(({ resource }) => resource.name),
    matched: matched.map(({ desired, actual }) => `${desired.resource.name} is ${actual.id}`),
    extra: extra.map(({ id }) => id),
  }
}

t.test(
  'of several jobs with one name the one that needs no replacement is taken, then the oldest',
  async (t) => {
    const other = { dataset: 'audit_logs' }
    const neither = { ...other, kind: 'edge' }
    for (const [actual, taken, extra] of [
      [[live('9'), live('10')], '9', ['10']],
      [[live('10'), live('9')], '9', ['10']],
      [[live('3', other), live('10')], '10', ['3']],
      [[live('10'), live('3', { kind: 'edge' })], '10', ['3']],
      [[live('3', neither), live('10', other)], '10', ['3']],
    ] as const)
      t.same(matched([aJob()], actual), { created: [], matched: [`sre-worker-logs is ${taken}`], extra })
  },
)

t.test('of several policies with one name the one of the alert is taken, then the oldest', async (t) => {
  const { alertType, name } = aPolicy().resource
  const of = (...actual: readonly Actual[]) => matched([aPolicy()], actual).matched
  t.same(of(livePolicy('a', 'other', 1), livePolicy('b', alertType, 2)), [`${name} is b`])
  t.same(of(livePolicy('a', alertType, 2), livePolicy('b', alertType, 1)), [`${name} is b`])
})

t.test(
  'an object that is taken over by its id is that one, whatever it is called, in its own scope',
  async (t) => {
    const adopting = aJob({}, { adopt: true, adoptId: '7' })
    t.same(matched([adopting], [live('7', { name: 'by-hand' }), live('8')]), {
      created: [],
      matched: ['sre-worker-logs is 7'],
      extra: ['8'],
    })
    t.same(matched([adopting], [live('7', { name: 'by-hand' }, zone), live('8')]), {
      created: [],
      matched: ['sre-worker-logs is 8'],
      extra: ['7'],
    })
    t.same(matched([adopting], [live('7', { name: 'by-hand' }, zone)]), {
      created: ['sre-worker-logs'],
      matched: [],
      extra: ['7'],
    })
  },
)

t.test('a live object is taken once: by the id before by the name', async (t) => {
  const byName = aJob({ name: 'sre-b' })
  const byId = aJob({ name: 'sre-z' }, { adopt: true, adoptId: '7' })
  t.same(matched([byName, byId], [live('7', { name: 'sre-b' })]), {
    created: ['sre-b'],
    matched: ['sre-z is 7'],
    extra: [],
  })
  const second = aJob({ name: 'sre-y' }, { adopt: true, adoptId: '7' })
  t.same(matched([byId, second], [live('7')]), {
    created: ['sre-z'],
    matched: ['sre-y is 7'],
    extra: [],
  })
})

t.test('of two wanted objects with one address the one that is written first counts', async (t) => {
  const at = (file: string, line: number, enabled: boolean) =>
    aJob({ enabled }, { origin: { file, line, column: 1 } })
  for (const [first, second] of [
    [at('a.yaml', 9, true), at('a.yaml', 10, false)],
    [at('a.yaml', 10, true), at('b.yaml', 9, false)],
  ] as const) {
    for (const given of [
      [first, second],
      [second, first],
    ]) {
      t.same(
        matchObjects(given, []).created.map((one) => one.kind === 'job' && one.resource.enabled),
        [true],
      )
    }
  }
})
