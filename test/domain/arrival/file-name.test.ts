import t from 'tap'
import { dateOf, stampOf, timeRangeOf } from '../../../src/domain/arrival/file-name.ts'

const start = Date.UTC(2026, 10, 28, 10, 14, 30)

t.test('the name of a log file has its time range', async (t) => {
  const range = { start, end: start + 30_000 }
  for (const ending of ['log.gz', 'log', 'json', 'csv.gz'])
    t.same(timeRangeOf(`20261128T101430Z_20261128T101500Z_0a1b2c3d.${ending}`), range, ending)
  t.same(timeRangeOf('20261128T101430Z_20261128T101430Z_0a.log'), { start, end: start }, 'one of no length')
})

t.test('what is no log file has none', async (t) => {
  for (const name of [
    '20261128T101430Z_20261128T101429Z_0a.log',
    '20260231T000000Z_20260301T000000Z_0a.log',
    '20261128T101430Z_20261128T101460Z_0a.log',
    '20261128T241430Z_20261129T001430Z_0a.log',
    '20261300T000000Z_20261301T000000Z_0a.log',
    '20261128T101430Z_20261128T101500Z.log',
    '20261128T101430Z_20261128T101500Z_0a.log.bz2',
    'x20261128T101430Z_20261128T101500Z_0a.log',
    'ownership-challenge-0a.txt',
    '',
  ])
    t.equal(timeRangeOf(name), null, name)
})

t.test('an instant is written as names of files and folders have it', async (t) => {
  t.equal(stampOf(start), '20261128T101430Z')
  t.equal(dateOf(start), '20261128')
})
