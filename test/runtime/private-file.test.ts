import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { createPrivateFile } from '../../src/runtime/private-file.ts'
import { createWebhookRecords } from '../../src/runtime/webhook-records.ts'
import { logSink } from '../support/log-sink.ts'

const decode = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const encode = (value: number): object => Object(value)

function world(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'private-file-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'state', 'numbers.json')
  const log = logSink()
  const deps = { path, pid: 42, log }
  const file = createPrivateFile(deps, { name: 'numbers', decode, encode })
  const put = (text: string): void => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return { path, deps, log, file, put, read: async () => [...(await file.read())] }
}

t.test('a file that is not there has no records, and nothing is said', async (t) => {
  const { read, log } = world(t)
  t.strictSame(await read(), [])
  t.strictSame(log.lines, [])
})

t.test('records are kept for their owner alone, and nothing else is left in the folder', async (t) => {
  const { path, file, read } = world(t)
  await file.change((records) => new Map([...records, ['a', 1]]))
  await file.change((records) => new Map([...records, ['b', 2]]))
  t.strictSame(await read(), [
    ['a', 1],
    ['b', 2],
  ])
  t.equal(readFileSync(path, 'utf8'), '{\n  "version": 1,\n  "numbers": {\n    "a": 1,\n    "b": 2\n  }\n}\n')
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.equal(statSync(dirname(path)).mode & 0o777, 0o700)
  t.strictSame(readdirSync(dirname(path)), ['numbers.json'])
})

t.test('changes that come at once are done one after the other', async (t) => {
  const { file, read } = world(t)
  await Promise.all(
    ['a', 'b', 'c'].map((key, index) => file.change((records) => new Map([...records, [key, index]]))),
  )
  t.equal((await read()).length, 3)
})

t.test('a change that fails keeps nobody from the next', async (t) => {
  const { file, read, log, path } = world(t)
  await file.change(() => {
    throw new Error('odd')
  })
  t.match(log.taken(), [{ level: 'warn', message: 'cache not written', path, reason: 'odd' }])
  await file.change(() => new Map([['a', 1]]))
  t.strictSame(await read(), [['a', 1]])
})

t.test('what this program did not write is not read, which is told', async (t) => {
  const { put, read, log, path } = world(t)
  for (const [text, reason] of [
    ['{', 'not valid JSON'],
    ['null', 'not written by this program'],
    ['{"numbers":{"a":1}}', 'not written by this program'],
    ['{"version":2,"numbers":{"a":1}}', 'not written by this program'],
    ['{"version":1,"others":{"a":1}}', 'not written by this program'],
  ] as const) {
    put(text)
    t.strictSame(await read(), [], text)
    t.strictSame(log.taken(), [{ level: 'warn', message: 'cache not read', path, reason }], text)
  }
  put('{"version":1,"numbers":{"a":1,"b":"two"}}')
  t.strictSame(await read(), [['a', 1]], 'a record that cannot be read costs itself')
  t.strictSame(log.taken(), [])
})

t.test('a file that cannot be replaced stays as it was, and nothing is left beside it', async (t) => {
  const { path, file, log, read } = world(t)
  mkdirSync(join(path, 'in-the-way'), { recursive: true })
  await file.change(() => new Map([['a', 1]]))
  t.match(log.taken(), [
    { message: 'cache not read', reason: 'it is a directory' },
    { message: 'cache not written' },
  ])
  t.strictSame(readdirSync(dirname(path)), ['numbers.json'])
  rmSync(path, { recursive: true })
  t.strictSame(await read(), [])
})

t.test('a file that a crash left behind is written over, and is private again', async (t) => {
  const { path, file, put } = world(t)
  put('old')
  writeFileSync(`${path}.42`, 'half', { mode: 0o644 })
  await file.change(() => new Map([['a', 1]]))
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.strictSame(readdirSync(dirname(path)), ['numbers.json'])
})

t.test('what was sent for webhooks is remembered by address, and odd records are not', async (t) => {
  const { deps, put, log } = world(t)
  const records = createWebhookRecords(deps)
  const sent = { key: 'aa', urlHash: 'bb', secretHash: null }
  await records.save('https://a.example', sent)
  await records.save('https://b.example', { ...sent, secretHash: 'cc' })
  t.strictSame(
    [...(await createWebhookRecords(deps).load())],
    [
      ['https://a.example', sent],
      ['https://b.example', { ...sent, secretHash: 'cc' }],
    ],
  )
  const odd = [7, null, {}, { ...sent, key: 1 }, { ...sent, urlHash: null }, { ...sent, secretHash: 1 }]
  put(JSON.stringify({ version: 1, webhooks: { ...odd, good: { ...sent, more: 1 } } }))
  t.strictSame([...(await records.load())], [['good', sent]])
  t.strictSame(log.lines, [])
})
