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

t.test('the first and the last of each part of a date are taken, and what is beyond is not', async (t) => {
  const startOf = (stamp: string) => timeRangeOf(`${stamp}Z_20991231T235959Z_0a.log`)?.start ?? null
  t.equal(startOf('19700101T000000'), 0)
  t.equal(startOf('20261231T235959'), Date.UTC(2026, 11, 31, 23, 59, 59))
  t.equal(startOf('20240229T000000'), Date.UTC(2024, 1, 29))
  for (const wrong of ['19691231T235959', '20260229T000000', '20261201T240000', '20261201T006000'])
    t.equal(startOf(wrong), null, wrong)
  for (const wrong of ['20261201T000060', '20260001T000000', '20261301T000000', '20261200T000000'])
    t.equal(startOf(wrong), null, wrong)
})

t.test('the year of a name is its own', async (t) => {
  t.same(timeRangeOf('20270102T030405Z_20280304T050607Z_0a.json.gz'), {
    start: Date.UTC(2027, 0, 2, 3, 4, 5),
    end: Date.UTC(2028, 2, 4, 5, 6, 7),
  })
})
