import fc from 'fast-check'
import t from 'tap'
import { dateOf, stampOf, timeRangeOf } from '../../../src/domain/arrival/file-name.ts'
import { keyWindows, rangeOfKey, slicedWindows } from '../../../src/domain/arrival/listing-window.ts'
import { hour, logFileName, minute, tenOClock } from '../../support/log-files.ts'
import { holds } from '../../support/property.ts'

t.test('a file name tells the time range of its logs', async (t) => {
  t.same(timeRangeOf('20261128T101430Z_20261128T101500Z_0a1b2c3d.log.gz'), {
    start: Date.UTC(2026, 10, 28, 10, 14, 30),
    end: Date.UTC(2026, 10, 28, 10, 15),
  })
  t.ok(timeRangeOf('20261128T101430Z_20261128T101430Z_0a1b2c3d.log'), 'uncompressed, and of one second')
})

t.test('what is no log file is left out', async (t) => {
  for (const name of [
    'ownership-challenge-0a1b2c3d.txt',
    'test.txt',
    'test-20261128.log.gz',
    '20261128T101430Z_20261128T101500Z_0a1b2c3d.txt',
    '20261128T101430Z_20261128T101500Z.log.gz',
    '20261131T101430Z_20261131T101500Z_0a1b2c3d.log.gz',
    '20261128T251430Z_20261128T251500Z_0a1b2c3d.log.gz',
    '20261128T101500Z_20261128T101430Z_0a1b2c3d.log.gz',
    '',
  ])
    t.equal(timeRangeOf(name), null, name)
})

t.test('a folder a day is one listing, over midnight too', async (t) => {
  const midnight = Date.UTC(2026, 10, 29)
  t.same(keyWindows({ path: 'sre/http/{DATE}' }, { from: midnight - hour, to: midnight + minute }), [
    {
      prefix: 'sre/http/',
      after: 'sre/http/20261128/20261128T230000',
      until: 'sre/http/20261129/20261129T000100',
      flat: false,
    },
  ])
  t.same(keyWindows({ path: 'http' }, { from: tenOClock, to: tenOClock + minute }), [
    { prefix: 'http/', after: 'http/20261128T100000', until: 'http/20261128T100100', flat: true },
  ])
  t.same(keyWindows({ path: '' }, { from: tenOClock, to: tenOClock + minute })[0]?.prefix, '')
})

t.test('a day in the middle of the path is one listing a day', async (t) => {
  const midnight = Date.UTC(2026, 10, 29)
  const windows = keyWindows({ path: 'a/{DATE}/http' }, { from: midnight - minute, to: midnight + minute })
  t.same(
    windows.map(({ prefix }) => prefix),
    ['a/20261128/http/', 'a/20261129/http/'],
  )
  t.equal(keyWindows({ path: '{DATE}/x' }, { from: tenOClock, to: tenOClock + minute }).length, 1)
})

t.test('files of others in the same bucket are not of the place', async (t) => {
  const name = logFileName(tenOClock, tenOClock + minute)
  t.ok(rangeOfKey({ path: 'http/{DATE}' }, `http/20261128/${name}`))
  t.equal(rangeOfKey({ path: 'http/{DATE}' }, `http/20261201/${name}`), null, 'the folder of another day')
  t.equal(rangeOfKey({ path: 'http/{DATE}' }, `http/dns/20261128/${name}`), null)
  t.equal(rangeOfKey({ path: 'http' }, `http/dns/${name}`), null)
  t.ok(rangeOfKey({ path: '' }, name))
})

t.test('a batch that was retried over midnight may lie in the folder of the next day', async (t) => {
  const lastHour = Date.UTC(2026, 10, 28, 23)
  const name = logFileName(lastHour + 50 * minute, lastHour + 51 * minute)
  t.ok(rangeOfKey({ path: 'http/{DATE}' }, `http/20261129/${name}`))
  t.equal(rangeOfKey({ path: 'http/{DATE}' }, `http/20261130/${name}`), null)
  t.equal(rangeOfKey({ path: 'http/{DATE}' }, `http/20261127/${name}`), null)
})

t.test('a store that cannot begin in the middle is listed hour by hour', async (t) => {
  const windows = slicedWindows({ path: 'http/{DATE}' }, { from: tenOClock - minute, to: tenOClock + minute })
  t.same(windows, [
    {
      prefix: 'http/20261128/20261128T09',
      after: 'http/20261128/20261128T095900',
      until: 'http/20261128/20261128T100000',
      flat: false,
    },
    {
      prefix: 'http/20261128/20261128T10',
      after: 'http/20261128/20261128T100000',
      until: 'http/20261128/20261128T100100',
      flat: false,
    },
  ])
  const midnight = Date.UTC(2026, 10, 29)
  t.same(
    slicedWindows({ path: '{DATE}' }, { from: midnight - minute, to: midnight }).map(({ prefix }) => prefix),
    ['20261128/20261128T23', '20261129/20261128T23'],
    'the last hour may lie in the folder of the next day',
  )
  t.same(
    slicedWindows({ path: '' }, { from: midnight - 24 * hour, to: midnight }).map(({ prefix }) => prefix),
    ['20261128'],
  )
})

t.test('every file that begins in a stretch of time lies in exactly one of its windows', async (t) => {
  const cut = fc.constantFrom(keyWindows, slicedWindows)
  const paths = fc.constantFrom('http', '', 'a/{DATE}', '{DATE}', 'a/{DATE}/b', 'logs/{DATE}-x')
  const offset = fc.integer({ min: -200_000, max: 200_000 }).map((seconds) => seconds * 1_000)
  const length = fc.integer({ min: 1, max: 90_000 }).map((seconds) => seconds * 1_000)
  holds(
    t,
    fc.property(cut, paths, offset, length, offset, (windows, path, fromOffset, length, startOffset) => {
      const from = tenOClock + fromOffset
      const [to, start] = [from + length, tenOClock + startOffset]
      const day = path.replaceAll('{DATE}', dateOf(start))
      const key = `${day === '' ? '' : `${day}/`}${logFileName(start, start + 30_000)}`
      const holding = windows({ path }, { from, to }).filter(
        ({ prefix, after, until }) => key.startsWith(prefix) && key > after && key < until,
      )
      return holding.length === (start >= from && start < to ? 1 : 0)
    }),
  )
})

t.test('stamps read back', async (t) => {
  t.equal(stampOf(tenOClock), '20261128T100000Z')
})

t.test('a place whose path is the day, or names it more than once, has a listing for each day', async (t) => {
  const midnight = Date.UTC(2026, 10, 29)
  const prefixes = (path: string, from: number, to: number) =>
    keyWindows({ path }, { from, to }).map(({ prefix }) => prefix)
  t.same(prefixes('{DATE}', midnight - minute, midnight), ['20261128/', '20261129/'])
  t.same(prefixes('a/{DATE}/{DATE}', tenOClock, tenOClock + minute), ['a/20261128/20261128/'])
  t.same(prefixes('{DATE}/{DATE}', tenOClock, tenOClock + minute), ['20261128/20261128/'])
  t.same(prefixes('a-{DATE}', tenOClock, tenOClock + minute), ['a-20261128/'])
  t.same(prefixes('{DATE}/x', midnight, midnight + 47 * hour), ['20261129/x/', '20261130/x/'])
  t.same(keyWindows({ path: '{DATE}/x' }, { from: midnight, to: midnight + hour }), [
    {
      prefix: '20261129/x/',
      after: '20261129/x/20261129T000000',
      until: '20261129/x/20261129T010000',
      flat: true,
    },
  ])
})

t.test('up to twelve hours are listed hour by hour, more than that day by day', async (t) => {
  const prefixes = (from: number, to: number) =>
    slicedWindows({ path: '' }, { from, to }).map(({ prefix }) => prefix)
  const half = prefixes(tenOClock, tenOClock + 12 * hour)
  t.equal(half.length, 12)
  t.same([half[0], half.at(-1)], ['20261128T10', '20261128T21'])
  t.same(prefixes(tenOClock, tenOClock + 12 * hour + 1), ['20261128'])
  t.same(prefixes(tenOClock, tenOClock + 14 * hour + 1), ['20261128', '20261129'])
  t.same(prefixes(tenOClock, tenOClock), [])
})

t.test('a key belongs to a place by its folder, whole', async (t) => {
  const name = logFileName(tenOClock, tenOClock + minute)
  const range = { start: tenOClock, end: tenOClock + minute }
  t.same(rangeOfKey({ path: '' }, name), range)
  t.equal(rangeOfKey({ path: '' }, `http/${name}`), null)
  t.equal(rangeOfKey({ path: 'http' }, name), null)
  t.same(rangeOfKey({ path: 'http' }, `http/${name}`), range)
  t.same(rangeOfKey({ path: '{DATE}' }, `20261128/${name}`), range)
  t.same(rangeOfKey({ path: '{DATE}/{DATE}' }, `20261128/20261128/${name}`), range)
  t.equal(rangeOfKey({ path: '{DATE}/{DATE}' }, `20261128/20261129/${name}`), null)
  t.equal(rangeOfKey({ path: 'http' }, 'http/test.txt'), null)
})

t.test('a file over midnight may lie in the folder of either day, or of the day after', async (t) => {
  const midnight = Date.UTC(2026, 10, 29)
  const key = (day: string) => `${day}/${logFileName(midnight - minute, midnight + minute)}`
  for (const day of ['20261128', '20261129', '20261130']) t.ok(rangeOfKey({ path: '{DATE}' }, key(day)), day)
  for (const day of ['20261127', '20261201']) t.equal(rangeOfKey({ path: '{DATE}' }, key(day)), null, day)
})
