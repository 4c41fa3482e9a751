import t from 'tap'
import { allPages } from '../../src/access/paging.ts'
import { createRestClient } from '../../src/cloudflare/rest/rest-client.ts'
import { Secret } from '../../src/domain/secret.ts'
import { buildWorld } from '../../src/simulator/world/world-builder.ts'
import { clientDeps, options } from '../support/cloudflare-clients.ts'
import { stepped } from '../support/simulation.ts'

t.test('zones beyond the first page are found whatever totals say', async (t) => {
  const build = buildWorld(3)
  const account = build.account('Quay')
  for (let i = 0; i < 123; i += 1) build.zone(`zone-${i}.example`, account)
  const simulator = await stepped(t, { world: build.spec() })
  const rest = createRestClient(clientDeps(simulator.url, { token: () => new Secret(simulator.token) }))
  const found = async () => (await allPages((page) => rest.listZones({ page }, options))).items.length
  for (const name of ['total-0', 'no-paging', 'short-paging', 'paging-texts']) {
    simulator.variants.enable({ name: `envelope/${name}` })
    t.equal(await found(), 123, name)
    simulator.variants.clear()
  }
  simulator.variants.contrary(true)
  for (let round = 0; round < 5; round += 1) t.equal(await found(), 123, `contrary, round ${round + 1}`)
})
