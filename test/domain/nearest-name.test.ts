import t from 'tap'
import { editDistance, nearestName } from '../../src/domain/nearest-name.ts'

const flags = ['web.listen-address', 'web.external-url', 'log.level', 'shard', 'account_id']

t.test('case, dots, dashes and underscores hardly count', async (t) => {
  t.equal(nearestName('ACCOUNT-ID', flags), 'account_id')
  t.equal(nearestName('LogLevel', flags), 'log.level')
  t.equal(nearestName('accountid', ['ACCOUNT_ID']), 'ACCOUNT_ID')
})

t.test('a name without its section or cut short is known from four letters on', async (t) => {
  t.equal(nearestName('listen-address', flags), 'web.listen-address')
  t.equal(nearestName('shar', flags), 'shard')
  t.equal(nearestName('exte', ['external-labels-of-all-series']), 'external-labels-of-all-series')
  t.equal(nearestName('web', flags), null, 'three letters may begin anything')
  t.equal(nearestName('url', flags), null)
  t.equal(nearestName('list', ['list-of-zones', 'list-zones']), 'list-zones', 'the shortest is nearest')
})

t.test('of several that are near, the nearest counts, and of equals the first', async (t) => {
  t.equal(nearestName('zonex', ['zone', 'zones', 'zonex-']), 'zonex-')
  t.equal(nearestName('acd', ['abcd', 'acde', 'acd1']), 'abcd')
  t.equal(nearestName('shrad', ['shared', 'shard']), 'shard')
})

t.test('what is far from every name is near none', async (t) => {
  t.equal(nearestName('frobnicate', flags), null)
  t.equal(nearestName('', flags), null)
  t.equal(nearestName('--', flags), null)
  t.equal(nearestName('a', ['b']), 'b', 'one letter may always be wrong')
})

t.test('insertions, deletions, replacements and swaps cost one each', async (t) => {
  for (const [a, b, distance] of [
    ['shard', 'shard', 0],
    ['shard', 'shad', 1],
    ['shad', 'shard', 1],
    ['shard', 'share', 1],
    ['shard', 'sahrd', 1],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
  ] as const)
    t.equal(editDistance(a, b), distance, `${a} ${b}`)
})

t.test('the longer a name, the more of it may be wrong, up to five letters', async (t) => {
  const near = (wrong: string, name: string): boolean => nearestName(wrong, [name]) === name
  t.ok(near('xbcd', 'abcd') && near('xycd', 'abcd'), 'two of four')
  t.notOk(near('xyzd', 'abcd'))
  t.ok(near('ad', 'abcd'), 'or left out')
  t.ok(near('xyc', 'xya') && !near('xbc', 'xya'), 'one of three')
  t.ok(near('ab', 'ac') && !near('ab', 'cd'), 'one of two')
  t.ok(near('12345fghijklmno', 'abcdefghijklmno'), 'five of fifteen')
  t.notOk(near('123456ghijklmnopqrst', 'abcdefghijklmnopqrst'), 'six of twenty')
  t.ok(near('fghijklmno', 'abfghijcklmno'), 'letters that are left out count alike')
  t.notOk(near('abcdefgh12', 'abcdefghijklmnop'))
})

t.test(
  'a name cut short is nearer than one with a slip, and as near as can be is the name itself',
  async (t) => {
    t.equal(nearestName('zone', ['bone', 'web.zone', 'zone']), 'zone')
    t.equal(nearestName('zone', ['bone', 'web.zone']), 'web.zone')
    t.equal(nearestName('zone', ['zone-of-accounts', 'zonelist']), 'zonelist')
    t.equal(nearestName('on', ['on-and-on']), null)
  },
)

t.test('a swap counts once wherever it stands, and only of neighbours', async (t) => {
  for (const [a, b, distance] of [
    ['ab', 'ba', 1],
    ['abcd', 'abdc', 1],
    ['xab', 'xba', 1],
    ['abc', 'cba', 2],
    ['abcd', 'badc', 2],
    ['aab', 'aba', 1],
    ['ca', 'abc', 3],
    ['a', 'a', 0],
    ['', '', 0],
    ['abc', 'xabc', 1],
    ['xabc', 'abc', 1],
  ] as const)
    t.equal(editDistance(a, b), distance, `${a} ${b}`)
})
