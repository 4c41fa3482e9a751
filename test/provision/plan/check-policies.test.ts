import t from 'tap'
import { ApiFailure } from '../../../src/errors.ts'
import type { AvailableAlert } from '../../../src/ports/notifications.ts'
import type { Change } from '../../../src/provision/plan/change.ts'
import { checkPolicies, type PolicyDeps } from '../../../src/provision/plan/check-policies.ts'
import { actualPolicy } from '../../../src/provision/resource/live-resource.ts'
import type { PolicyResource } from '../../../src/provision/resource/resource.ts'
import { aCaller } from '../../support/callers.ts'
import { createFakeCloudflare } from '../../support/fake-cloudflare.ts'
import { account, accountId, aJob, aPolicy } from '../../support/provision-values.ts'

/* What Cloudflare would refuse of policies that are new or changed. */

const ours = 'failing_logpush_job_disabled_alert'
const alert = (type: string): AvailableAlert => ({ type, filters: [], isWhole: true })
const odd = { id: null, name: null, field: 'x', leftOut: true }

function create(fields: Partial<PolicyResource> = {}): Change {
  return { change: 'create', kind: 'policy', fields: [], desired: aPolicy(fields) }
}

interface Answers {
  readonly alerts?: readonly AvailableAlert[] | ApiFailure
  readonly oddAlerts?: number
  readonly barred?: readonly string[] | ApiFailure
}

function deps({ alerts = [alert(ours)], oddAlerts = 0, barred = [] }: Answers): PolicyDeps & {
  readonly asked: string[]
} {
  const asked: string[] = []
  return {
    asked,
    call: aCaller(),
    parallel: 2,
    notifications: {
      listAvailableAlerts: async (id) => {
        asked.push(`alerts ${id}`)
        if (alerts instanceof ApiFailure) throw alerts
        return { items: alerts, unreadable: Array.from({ length: oddAlerts }, () => odd) }
      },
      listEligibleMechanisms: async (id) => {
        asked.push(`mechanisms ${id}`)
        if (barred instanceof ApiFailure) throw barred
        return ['email', 'webhook', 'pagerduty'].map((type) => ({
          type,
          eligible: !barred.includes(type),
          ready: true,
        }))
      },
    },
  }
}

async function said(changes: readonly Change[], answers: Answers): Promise<readonly string[]> {
  const { problems, notes } = await checkPolicies(changes, deps(answers))
  return [...problems.map(({ level, message }) => `${level}: ${message}`), ...notes]
}

t.test('an alert that the account does not have is an error, where its list is whole', async (t) => {
  const unknown = create({ alertType: 'failing_logpush_job_disabled_alrt' })
  t.same(await said([create()], {}), [])
  t.same(await said([create()], { oddAlerts: 1 }), [], 'known all the same')
  t.same(await said([unknown], {}), [
    `error: policy sre-logpush-disabled: the alert "failing_logpush_job_disabled_alrt" is not available to account Quay; did you mean "${ours}"?`,
  ])
  t.same(await said([unknown], { oddAlerts: 1 }), [
    "alert types of sre-logpush-disabled (manifest.yaml:1) were not checked: part of Cloudflare's list cannot be read",
  ])
  t.same(await said([create()], { alerts: [] }), [
    'alert types of sre-logpush-disabled (manifest.yaml:1) were not checked: Cloudflare lists none',
  ])
})

t.test('the filters of an alert are checked where the alert is known', async (t) => {
  const zones = { name: 'zones', isRequired: true, values: null, maxValues: null }
  t.same(await said([create()], { alerts: [{ ...alert(ours), filters: [zones] }], oddAlerts: 1 }), [
    `error: policy sre-logpush-disabled: the alert "${ours}" requires the filter "zones"`,
  ])
})

t.test('a mechanism outside of the plan is an error of the policies that use it', async (t) => {
  const every = create({ webhooks: ['x'], pagerduty: ['y'] })
  const refusal = (type: string) =>
    `error: policy sre-logpush-disabled: account Quay cannot use ${type} notifications; its plan does not include them`
  for (const type of ['email', 'webhook', 'pagerduty'])
    t.same(await said([every], { barred: [type] }), [refusal(type)])
  const none = create({ email: [], webhooks: [], pagerduty: [] })
  t.same(await said([none], { barred: ['email', 'webhook', 'pagerduty'] }), [])
})

t.test('what cannot be asked is a note for all the policies, and keeps the rest from nothing', async (t) => {
  const failure = new ApiFailure('forbidden', 'not allowed', { operation: 'test' })
  const two = [create({ name: 'sre-a', alertType: 'x' }), create({ name: 'sre-b' })]
  t.same(await said(two, { alerts: failure, barred: ['webhook'] }), [
    'error: policy sre-a: account Quay cannot use webhook notifications; its plan does not include them',
    'error: policy sre-b: account Quay cannot use webhook notifications; its plan does not include them',
    'alert types of sre-a (manifest.yaml:1), sre-b (manifest.yaml:1) were not checked: not allowed',
  ])
  t.same(await said(two, { barred: failure }), [
    'error: policy sre-a: the alert "x" is not available to account Quay',
    'mechanisms of sre-a (manifest.yaml:1), sre-b (manifest.yaml:1) were not checked: not allowed',
  ])
})

t.test('each account is asked once, and only about what is written', async (t) => {
  const other = { kind: 'account', id: 'f'.repeat(32), name: 'Lab' } as const
  const known = deps({})
  await checkPolicies([create(), create({ name: 'sre-b' }), create({ scope: other })], known)
  t.same(known.asked.sort(), [
    `alerts ${accountId}`,
    `alerts ${other.id}`,
    `mechanisms ${accountId}`,
    `mechanisms ${other.id}`,
  ])
  const cloudflare = createFakeCloudflare({ accounts: [account] })
  cloudflare.addPolicy(accountId, { name: 'sre-old', alertType: 'gone' })
  const { items } = await cloudflare.notifications.listPolicies(accountId, {
    signal: new AbortController().signal,
  })
  const gone = items.map(
    (policy): Change => ({
      change: 'delete',
      kind: 'policy',
      fields: [],
      actual: actualPolicy(account, policy, { webhooks: new Map(), pagerduty: new Map() }),
    }),
  )
  const idle = deps({})
  const job: Change = { change: 'create', kind: 'job', fields: [], desired: aJob() }
  t.equal(gone.length, 1)
  t.same(await checkPolicies([...gone, job], idle), { problems: [], notes: [] })
  t.same(idle.asked, [])
})
