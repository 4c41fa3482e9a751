import t from 'tap'
import { addressable } from '../../../src/provision/transfer/addressable.ts'
import type { PortableWebhook } from '../../../src/provision/transfer/portable.ts'
import { aWebhook } from '../../support/provision-values.ts'

function webhook(name: string, id: string | null): PortableWebhook {
  return { id, secret: null, resource: { ...aWebhook().resource, name } }
}

function declared(webhooks: readonly PortableWebhook[], owner: string | null = null) {
  const notes: string[] = []
  const found = addressable(webhooks, owner, notes).map(({ object, adopt }) => [object.id, adopt])
  return { found, notes }
}

t.test('an object without a name is skipped, with what is known of it', async (t) => {
  t.same(declared([webhook('', 'w1'), webhook('', null), webhook('a', 'w2')]), {
    found: [['w2', true]],
    notes: [
      'A webhook without a name, id w1, is skipped: give it one and import again.',
      'A webhook without a name, without an id, is skipped: give it one and import again.',
    ],
  })
})

t.test('only what has the prefix of the owner needs no adoption', async (t) => {
  const webhooks = [webhook('sre-a', 'w1'), webhook('sreb', 'w2')]
  t.same(declared(webhooks, 'sre').found, [
    ['w1', null],
    ['w2', true],
  ])
})

t.test('of several of one name the first is declared, by its id where it is known', async (t) => {
  const twins = (...ids: readonly (string | null)[]) =>
    declared(
      ids.map((id) => webhook('sre-a', id)),
      'sre',
    )
  t.same(twins('w1', 'w2').found, [['w1', { id: 'w1' }]])
  t.same(twins('12', '13').found, [['12', { id: 12 }]])
  t.same(twins('0', '1'.repeat(16)).found, [['0', { id: '0' }]])
  t.same(twins(null, null), {
    found: [[null, true]],
    notes: [
      'Webhook sre-a: a second one of this name, without an id, is skipped; no plan deletes it. Rename or delete it.',
    ],
  })
})
