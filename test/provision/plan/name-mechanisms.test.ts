import t from 'tap'
import { nameMechanisms } from '../../../src/provision/plan/name-mechanisms.ts'
import { actualWebhook } from '../../../src/provision/resource/live-resource.ts'
import { account, accountId, aJob, aPolicy, aWebhook, wanting } from '../../support/provision-values.ts'

/* What a policy names by an id is compared by its name. */

const lab = { kind: 'account', id: 'f'.repeat(32), name: 'Lab' } as const
const hook = (id: string, name: string, scope: typeof account | typeof lab = account) =>
  actualWebhook(scope, {
    id,
    name,
    url: aWebhook().resource.url,
    type: 'generic',
    createdAt: null,
    lastSuccess: null,
    lastFailure: null,
  })

function named(texts: readonly string[], hooks: readonly ReturnType<typeof hook>[]): readonly string[] {
  const services = hooks.map(({ id, resource: { name } }) => ({ id, name }))
  const { resources } = nameMechanisms(wanting([aJob(), aPolicy({ webhooks: texts, pagerduty: texts })]), {
    resources: hooks,
    unreadable: [],
    pagerduty: new Map([[accountId, services]]),
  })
  const found = resources.flatMap((one) => (one.kind === 'policy' ? [one.resource] : []))
  t.same(found[0]?.pagerduty, found[0]?.webhooks, 'services are named as webhooks are')
  return found[0]?.webhooks ?? []
}

t.test('an id becomes the name of its object, however it is written', async (t) => {
  const id = 'aaaaaaaabbbbccccddddeeeeeeeeeeee'
  const hooks = [hook(id, 'chat'), hook('b'.repeat(32), 'mail')]
  t.same(named([id, 'mail'], hooks), ['chat', 'mail'])
  t.same(named(['AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee'], hooks), ['chat'])
  t.same(named(['c'.repeat(32)], hooks), ['c'.repeat(32)], 'nobody has it')
})

t.test('a text that is a name stays, though it is the id of another one as well', async (t) => {
  const id = 'a'.repeat(32)
  t.same(named([id], [hook(id, 'chat'), hook('b'.repeat(32), id)]), [id])
})

t.test('an id stays where the name is none, or not its alone', async (t) => {
  const id = 'a'.repeat(32)
  t.same(named([id], [hook(id, '')]), [id])
  t.same(named([id], [hook(id, 'chat'), hook('b'.repeat(32), 'chat')]), [id])
})

t.test('webhooks of another account do not count', async (t) => {
  const id = 'a'.repeat(32)
  const { resources } = nameMechanisms(wanting([aPolicy({ webhooks: [id] })]), {
    resources: [hook(id, 'chat', lab)],
    unreadable: [],
    pagerduty: new Map(),
  })
  t.match(resources, [{ resource: { webhooks: [id] } }])
})
