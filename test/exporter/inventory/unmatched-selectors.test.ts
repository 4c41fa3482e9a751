import t from 'tap'
import type { Selection } from '../../../src/exporter/inventory/selection.ts'
import { noteUnmatched, unmatchedSelectors } from '../../../src/exporter/inventory/unmatched-selectors.ts'
import { createSelfState } from '../../../src/exporter/state/self-state.ts'

const quay = { id: 'a'.repeat(32), name: 'Quay' }
const other = { id: 'b'.repeat(32), name: 'Other' }
const visible = {
  accounts: [quay, other],
  zones: [
    { kind: 'zone', id: '1'.repeat(32), name: 'quay.example', account: quay },
    { kind: 'zone', id: '2'.repeat(32), name: 'other.example', account: other },
  ],
} as const

function select(filters: Partial<Selection>): Selection {
  return { accounts: [], zones: [], excludeZones: [], shard: 0, totalShards: 1, ...filters }
}

t.test('ids, names in any case and globs that match are fine', async (t) => {
  const selection = select({ accounts: ['QUAY'], zones: ['1'.repeat(32), '*.example'], excludeZones: ['q*'] })
  t.strictSame(unmatchedSelectors(selection, visible), [])
})

t.test('what matches nothing is named, with what was meant', async (t) => {
  const selection = select({ accounts: ['Qay', 'Quay'], zones: ['quay.exmaple'], excludeZones: ['x*'] })
  t.strictSame(unmatchedSelectors(selection, visible), [
    { setting: 'accounts', entry: 'Qay', near: 'Quay' },
    { setting: 'zones', entry: 'quay.exmaple', near: 'quay.example' },
    { setting: 'exclude_zones', entry: 'x*', near: null },
  ])
})

t.test('a zone of an account that is not watched does not count', async (t) => {
  const found = unmatchedSelectors(select({ accounts: ['Quay'], zones: ['other.example'] }), visible)
  t.match(found, [{ setting: 'zones', entry: 'other.example' }])
})

t.test('of what could not be listed nothing is said, nor of an account named by its id', async (t) => {
  const selection = select({ accounts: ['nobody', 'c'.repeat(32)], zones: ['nowhere'] })
  t.strictSame(unmatchedSelectors(selection, { accounts: null, zones: null }), [])
  t.strictSame(unmatchedSelectors(select({ accounts: ['c'.repeat(32)] }), visible), [])
})

t.test('each such filter is logged once, and again when it matches', async (t) => {
  const self = createSelfState([])
  const lines: string[] = []
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`)
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  const typo = { setting: 'zones', entry: 'quay.exmaple', near: 'quay.example' } as const
  t.equal(self.unmatched, null)
  noteUnmatched([typo], { self, log })
  noteUnmatched([typo], { self, log })
  t.strictSame(self.unmatched, [typo])
  noteUnmatched([], { self, log })
  t.strictSame(self.unmatched, [])
  t.strictSame(lines, [
    'warn a filter matches nothing that the API token sees {"setting":"--cloudflare.zones","entry":"quay.exmaple","did_you_mean":"quay.example"}',
    'info a filter matches again {"setting":"--cloudflare.zones","entry":"quay.exmaple"}',
  ])
})

t.test(
  'a filter is told by itself: another one, even of the same setting, tells nothing of it',
  async (t) => {
    const self = createSelfState([])
    const told: unknown[] = []
    const tell = (fields: object) => void told.push(fields)
    const log = { debug: tell, info: tell, warn: tell, error: tell }
    const typo = { setting: 'zones', entry: 'quay.exmaple', near: null } as const
    const excluded = { ...typo, setting: 'exclude_zones' } as const
    const other = { ...typo, entry: 'nowhere.example' } as const
    noteUnmatched([typo], { self, log })
    noteUnmatched([typo, excluded, other], { self, log })
    noteUnmatched([typo, other], { self, log })
    t.same(told, [
      { setting: '--cloudflare.zones', entry: 'quay.exmaple' },
      { setting: '--cloudflare.exclude-zones', entry: 'quay.exmaple' },
      { setting: '--cloudflare.zones', entry: 'nowhere.example' },
      { setting: '--cloudflare.exclude-zones', entry: 'quay.exmaple' },
    ])
  },
)
