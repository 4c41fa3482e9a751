import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openFolderStore } from '../../../src/simulator/store/folder-store.ts'
import { KeyRefused } from '../../../src/simulator/store/object-store.ts'

const at = { scheme: 's3', host: 'logs' }

async function opened(t: { teardown(end: () => unknown): unknown }) {
  const path = mkdtempSync(join(tmpdir(), 'folder-store-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return { path, store: await openFolderStore(path) }
}

t.test('an object is a file below its bucket, and what was there before is replaced', async (t) => {
  const { path, store } = await opened(t)
  await store.put('logs', 'http/20261124/a.txt', 'first', at)
  await store.put('logs', 'http/20261124/a.txt', Buffer.from('second'), at)
  t.equal(readFileSync(join(path, 'logs/http/20261124/a.txt'), 'utf8'), 'second')
  t.equal(String(await store.read('logs', 'http/20261124/a.txt')), 'second')
  t.match(await store.head('logs', 'http/20261124/a.txt'), {
    key: 'http/20261124/a.txt',
    bytes: 6,
    modifiedMs: Math.round(statSync(join(path, 'logs/http/20261124/a.txt')).mtimeMs),
  })
  t.strictSame(readdirSync(join(path, '.writing')), [], 'no draft is left')
  t.strictSame(await store.buckets(), ['logs'], 'drafts are no bucket')
})

t.test('what is not there is null, folders included', async (t) => {
  const { store } = await opened(t)
  await store.put('logs', 'http/a.txt', 'a', at)
  t.equal(await store.read('logs', 'http'), null)
  t.equal(await store.head('logs', 'http'), null)
  t.equal(await store.read('logs', 'http/a.txt/b'), null)
  t.equal(await store.head('other', 'a.txt'), null)
  t.equal(await store.list('other', ''), null)
  t.strictSame(await store.list('logs', 'dns/'), [])
})

t.test('nothing outside the folder can be written or read', async (t) => {
  const { path, store } = await opened(t)
  const wrong: readonly (readonly [string, string])[] = [
    ['..', 'a.txt'],
    ['.writing', 'a.txt'],
    ['', 'a.txt'],
    ['logs', '../../a.txt'],
    ['logs', '/a.txt'],
    ['logs', 'a//b.txt'],
    ['logs', './a.txt'],
    ['logs', ''],
    ['logs', 'a\0b'],
    ['logs/..', 'a.txt'],
  ]
  for (const [bucket, key] of wrong) {
    await t.rejects(Promise.resolve(store.put(bucket, key, 'x', at)), KeyRefused, `${bucket} ${key}`)
    t.equal(await store.read(bucket, key), null, `${bucket} ${key}`)
  }
  t.strictSame(await store.list('..', ''), null)
  await store.put('logs', 'a.txt', 'a', at)
  t.strictSame(await store.list('logs', '../'), [])
  t.strictSame(readdirSync(path).sort(), ['.writing', 'logs'])
})

t.test('a list has all keys with the prefix, in the order of their bytes', async (t) => {
  const { store } = await opened(t)
  const keys = ['a/b.txt', 'a/b/c.txt', 'a.txt', 'ab/c.txt', '.hidden', 'ä.txt', 'a/b-1.txt', '𐀀', '\uffee']
  for (const key of keys) await store.put('logs', key, key, at)
  const listed = async (prefix: string) => (await store.list('logs', prefix))?.map(({ key }) => key)
  const inOrder = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  t.strictSame(await listed(''), inOrder)
  for (const prefix of ['a', 'a/', 'a/b', 'a/b/', 'a/b/c.txt', 'x'])
    t.strictSame(
      await listed(prefix),
      inOrder.filter((key) => key.startsWith(prefix)),
      prefix,
    )
})
