import t from 'tap'
import { unreadableNotes, unreadableTwin } from '../../../src/provision/plan/unreadable.ts'
import type { Address, UnreadableObject } from '../../../src/provision/resource/resource.ts'
import { account, accountId, zone } from '../../support/provision-values.ts'

const wanted: Address = { kind: 'job', name: 'sre-a', scope: zone }
const owners = [{ accountId, prefix: 'sre-', prune: false }]
const odd = (edit: Partial<UnreadableObject> = {}): UnreadableObject => ({
  kind: 'job',
  scope: zone,
  id: '7',
  name: 'sre-a',
  field: 'enabled',
  leftOut: true,
  ...edit,
})

t.test('an unreadable object may be one of its name, or of any where its name cannot be read', async (t) => {
  const [own, nameless] = [odd(), odd({ name: null })]
  t.equal(unreadableTwin(wanted, [nameless, own]), own)
  t.equal(unreadableTwin(wanted, [nameless]), nameless)
  for (const other of [odd({ name: 'sre-b' }), odd({ scope: account }), odd({ kind: 'policy' })])
    t.equal(unreadableTwin(wanted, [other]), null)
})

t.test(
  'what is wanted and may be there unread is not created, or left alone, with what is known of it',
  async (t) => {
    const notes = (edit: Partial<UnreadableObject>) => unreadableNotes([wanted], [odd(edit)], owners)
    const place = 'job sre-a in zone quay.example'
    t.same(notes({}), [`${place} is left alone: Cloudflare's answer cannot be read at enabled of id 7`])
    t.same(notes({ id: null }), [`${place} is left alone: Cloudflare's answer cannot be read at enabled`])
    t.same(notes({ name: null }), [
      `${place} is not created: it may be the one with id 7, of which enabled cannot be read`,
    ])
    t.same(notes({ name: null, id: null }), [
      `${place} is not created: it may be the one without a readable id, of which enabled cannot be read`,
    ])
  },
)

t.test('what is owned and unread is left alone, once; what is not owned is no matter', async (t) => {
  t.same(
    unreadableNotes([wanted], [odd(), odd({ name: 'sre-b', id: '8' }), odd({ name: 'theirs' })], owners),
    [
      "job sre-a in zone quay.example is left alone: Cloudflare's answer cannot be read at enabled of id 7",
      "job sre-b in zone quay.example is left alone: Cloudflare's answer cannot be read at enabled of id 8",
    ],
  )
  t.same(unreadableNotes([], [odd({ name: null })], owners), [])
})
