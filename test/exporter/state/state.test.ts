import t from 'tap'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger, type Ledger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { aJob, quayAccount, zone } from '../../support/exporter-core.ts'

const now = Date.UTC(2026, 10, 24, 3)
const [one, two] = [zone('one.example'), zone('two.example')]

function ledger(edit: Partial<Ledger> = {}): Ledger {
  return { ...beginLedger(10), ...edit }
}

t.test(
  'what a scope counted of late rows and gaps is kept when it leaves, so that sums never fall',
  async (t) => {
    const state = createState()
    state.setScopes([quayAccount, one, two])
    state.healthRead(scopeKey(one), ledger({ lateRows: 3, gapSeconds: 120 }), now)
    state.healthRead(scopeKey(two), ledger({ lateRows: 4, gapSeconds: 60 }), now)
    t.same(state.departed, { lateRows: 0, gapSeconds: 0 })
    state.setScopes([quayAccount, two])
    t.same(state.departed, { lateRows: 3, gapSeconds: 120 })
    state.setScopes([quayAccount])
    t.same(state.departed, { lateRows: 7, gapSeconds: 180 })
    state.setScopes([quayAccount, one])
    t.same(state.departed, { lateRows: 7, gapSeconds: 180 }, 'one that comes back begins at nothing')
    t.match(state.scope(scopeKey(one)), { lateRows: 0, gapSeconds: 0 })
  },
)

t.test('a late answer for a scope that left has nowhere to go', async (t) => {
  const state = createState()
  state.setScopes([one])
  state.setScopes([])
  state.healthRead(scopeKey(one), ledger(), now)
  t.same(state.jobsListed(scopeKey(one), [summarise(aJob('1'))], now), [])
  t.equal(state.scopes.size, 0)
})

t.test("a zone's job that its account names as well is the zone's, until the zone leaves", async (t) => {
  const state = createState()
  state.setScopes([quayAccount, one])
  const [account, zoneKey] = [scopeKey(quayAccount), scopeKey(one)]
  const jobs = ['7', '8'].map((id) => summarise(aJob(id)))
  const shown = (key: typeof account) => [...(state.scope(key)?.jobs.keys() ?? [])]
  state.jobsListed(account, jobs, now)
  state.healthRead(
    account,
    ledger({
      totals: new Map([
        ['7', noTotals],
        ['8', noTotals],
      ]),
    }),
    now,
  )
  t.same(shown(account), ['7', '8'])
  state.jobsListed(zoneKey, jobs.slice(0, 1), now)
  t.same([shown(account), shown(zoneKey)], [['8'], ['7']])
  t.same([...(state.scope(account)?.totals.keys() ?? [])], ['8'])
  state.setScopes([quayAccount])
  state.jobsListed(account, jobs, now)
  t.same(shown(account), ['7', '8'])
})

t.test(
  'what one zone claims of its account leaves the claims of another alone, and ends with the job',
  async (t) => {
    const state = createState()
    state.setScopes([quayAccount, one, two])
    const account = scopeKey(quayAccount)
    const jobs = (...ids: readonly string[]) => ids.map((id) => summarise(aJob(id)))
    const ofAccount = () => {
      state.jobsListed(account, jobs('7', '8', '9'), now)
      return [...(state.scope(account)?.jobs.keys() ?? [])]
    }
    state.jobsListed(scopeKey(one), jobs('7'), now)
    state.jobsListed(scopeKey(two), jobs('8'), now)
    t.same(ofAccount(), ['9'])
    state.jobsListed(scopeKey(one), [], now)
    t.same(ofAccount(), ['7', '9'])
    state.setScopes([quayAccount, one])
    t.same(ofAccount(), ['7', '8', '9'])
  },
)

t.test('listeners hear of every change, and of nothing else', async (t) => {
  const state = createState()
  let changes = 0
  state.onChange(() => {
    changes += 1
  })
  state.setScopes([one])
  state.jobsListed(scopeKey(one), [summarise(aJob('1'))], now)
  t.equal(changes, 2)
  t.equal(state.jobDisabled('nobody', now), null)
  t.equal(changes, 2)
  t.equal(state.jobDisabled('1', now), scopeKey(one))
  t.equal(changes, 3)
  t.equal(state.jobDisabled('1', now), scopeKey(one))
  t.equal(changes, 3, 'told twice')
})

t.test(
  'a scope that is found again stays the same object until its name or its account changes',
  async (t) => {
    const state = createState()
    const other = { id: 'b'.repeat(32), name: 'Other' }
    state.setScopes([quayAccount, one, two])
    const sight = () => [...state.scopes.values()]
    const [account, first, second] = sight()
    state.setScopes([{ ...quayAccount }, { ...one }, { ...two }])
    t.ok(
      sight().every((scope, index) => scope === [account, first, second][index]),
      'nothing is rendered anew',
    )
    state.setScopes([quayAccount, { ...one, name: 'renamed.example' }, two])
    t.match(state.scope(scopeKey(one)), {
      labels: { account: 'Quay', zone: 'renamed.example' },
      scope: { name: 'renamed.example' },
    })
    t.equal(state.scope(scopeKey(two)), second)
    state.setScopes([quayAccount, one, { ...two, account: other }])
    t.match(state.scope(scopeKey(two)), { labels: { account: 'Other' }, scope: { account: other } })
    const renamed = { ...quayAccount, name: 'Quai' }
    state.setScopes([renamed, { ...one, account: { id: quayAccount.id, name: 'Quai' } }])
    t.match(state.scope(scopeKey(one)), { labels: { account: 'Quai', zone: 'one.example' } })
  },
)
