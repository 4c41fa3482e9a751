import t from 'tap'
import type { AccountScope, ZoneScope } from '../../../src/domain/scope.ts'
import type { ManifestPlace, ZoneSelection } from '../../../src/provision/manifest/place.ts'
import { accountKey } from '../../../src/provision/plan/find-accounts.ts'
import { findZones } from '../../../src/provision/plan/find-zones.ts'
import type { PlanningEvent } from '../../../src/provision/plan/planning-event.ts'
import type { Problem } from '../../../src/provision/resource/problem.ts'
import { aCaller } from '../../support/callers.ts'
import { createFakeCloudflare } from '../../support/fake-cloudflare.ts'
import { account, accountId } from '../../support/provision-values.ts'

/* How the zones that a manifest names are found, and with how many questions. */

const owner = { id: accountId, name: 'Quay' }
const origin = { file: 'm.yaml', line: 1, column: 1 }
const name = { by: 'id', text: accountId, written: accountId, origin } as const
const place = (zone: string | null): ManifestPlace => ({ account: name, zone, written: zone ?? '', origin })
const everywhere: ZoneSelection = { account: name, include: 'all', exclude: [], origin }

const zonesUpTo = (count: number): readonly ZoneScope[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'zone',
    id: String(index + 1).padStart(32, '0'),
    name: `z${index + 1}.example`,
    account: owner,
  }))

interface Setting {
  /** Zones of the account. */
  readonly count?: number
  readonly isNamed?: boolean
  readonly known?: AccountScope
}

async function found(
  places: readonly (ManifestPlace | ZoneSelection)[],
  { count = 120, isNamed = false, known = account }: Setting = {},
) {
  const cloudflare = createFakeCloudflare({ accounts: [owner], zones: zonesUpTo(count) })
  const asked: string[] = []
  const directory: typeof cloudflare.directory = {
    ...cloudflare.directory,
    listZones: (query, options) => {
      asked.push(query.name ?? `page ${query.page}`)
      return cloudflare.directory.listZones(query, options)
    },
  }
  const events: PlanningEvent[] = []
  const problems: Problem[] = []
  const answer = await findZones(
    places,
    { accounts: new Map([[accountKey(name), known]]), isNamed: () => isNamed },
    { directory, call: aCaller(), onPlanning: (event) => events.push(event) },
    problems,
  )
  return {
    asked,
    events,
    zones: places.map((one) => answer.found.get(one)?.map((zone) => zone.name)),
    listed: [...answer.listed.values()],
    said: problems.map(({ level, message }) => `${level}: ${message}`),
  }
}

t.test('up to three zones are asked for by name', async (t) => {
  const names = ['z1.example', 'z60.example', 'z119.example']
  const { asked, zones, said } = await found(names.map(place))
  t.same(asked, names)
  t.same(
    zones,
    names.map((one) => [one]),
  )
  t.same(said, [])
})

t.test('more are looked for in the list, as far as it has to be read', async (t) => {
  const four = ['z1.example', 'z2.example', 'z3.example', 'z50.example']
  const near = await found(four.map(place))
  t.same(near.asked, ['page 1'])
  t.same(
    near.zones,
    four.map((one) => [one]),
  )
  const far = await found([...four, 'z120.example'].map(place))
  t.same(far.asked, ['page 1', 'page 2', 'page 3'])
  t.same(far.said, [])
})

t.test(
  'a list of more pages than zones are wanted is given up, and the rest asked for by name',
  async (t) => {
    const four = ['z1.example', 'z2.example', 'z3.example', 'z299.example']
    const { asked, zones, said } = await found(four.map(place), { count: 300 })
    t.same(asked, ['page 1', 'page 2', 'page 3', 'page 4', 'z299.example'])
    t.same(
      zones,
      four.map((one) => [one]),
    )
    t.same(said, [])
  },
)

t.test('of a list that was read to its end nothing more is asked', async (t) => {
  const names = ['z1.example', 'z2.example', 'z3.example', 'y.example']
  const { asked, said } = await found(names.map(place), { count: 60 })
  t.same(asked, ['page 1', 'page 2'])
  t.same(said, ['error: the API token sees no zone called "y.example"; did you mean "z1.example"?'])
})

t.test('of a few that are not there the list tells what was meant', async (t) => {
  const { asked, said } = await found([place('z11.exampel'), place('z1.example')], { count: 20 })
  t.same(asked, ['z11.exampel', 'z1.example', 'page 1'])
  t.same(said, ['error: the API token sees no zone called "z11.exampel"; did you mean "z11.example"?'])
})

t.test('an id needs no question, unless the name of its zone is used', async (t) => {
  const [, second] = zonesUpTo(2)
  const places = [place(second?.id ?? ''), place(null)]
  const plain = await found(places)
  t.same([plain.asked, plain.zones], [[], [[''], undefined]])
  const named = await found(places, { isNamed: true })
  t.same(
    [named.asked, named.zones],
    [
      ['page 1', 'page 2', 'page 3'],
      [['z2.example'], undefined],
    ],
  )
})

t.test('all zones of an account are listed once, and every full page is told of', async (t) => {
  const { asked, events, zones, listed } = await found([everywhere, place('z7.example')])
  t.same(asked, ['page 1', 'page 2', 'page 3'])
  t.same(events, [
    { reading: 'zones', done: 50, total: null },
    { reading: 'zones', done: 100, total: null },
  ])
  t.equal(zones[0]?.length, 120)
  t.same(zones[1], ['z7.example'])
  t.match(listed, [{ account: { id: accountId, name: 'Quay' } }])
})

t.test('an account that is known by its id alone has the name that its zones tell', async (t) => {
  const { listed } = await found([everywhere], { known: { ...account, name: '' } })
  t.match(listed, [{ account: { id: accountId, name: 'Quay' } }])
  const bare = await found([everywhere], { known: { ...account, name: '' }, count: 0 })
  t.match(bare.listed, [{ account: { id: accountId, name: '' }, zones: [] }])
  t.same(bare.said, ['error: the API token sees no zone in this account'])
})

t.test(
  'a selection that leaves nothing is an error, unless a name that is not there is one already',
  async (t) => {
    const pattern = (text: string) => ({ text, written: text, origin })
    const select = (include: ZoneSelection['include'], exclude: readonly string[]) =>
      found([{ ...everywhere, include, exclude: exclude.map(pattern) }], { count: 2 })
    t.same((await select('all', ['z*'])).said, [
      'error: none of the 2 zones that the API token sees in this account is selected',
    ])
    t.same((await select([pattern('a*')], [])).said, [
      'warning: no zone that the API token sees matches "a*"',
      'error: none of the 2 zones that the API token sees in this account is selected',
    ])
    t.same((await select([pattern('z3.example')], [])).said, [
      'error: the API token sees no zone called "z3.example"; did you mean "z1.example"?',
    ])
  },
)
