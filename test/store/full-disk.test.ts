import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { record } from '../support/damaged-ledger.ts'
import { storeDeps } from '../support/ledger-store.ts'

/** A disk of its own, so small that a test can fill it. */
function smallDisk(
  t: { teardown(end: () => void): unknown },
  kilobytes: number,
): { readonly folder: string; remount(option: string): void } {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'))
  const mount = (...args: string[]): void => {
    const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
  }
  mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder)
  t.teardown(() => {
    spawnSync('umount', [folder])
    rmSync(folder, { recursive: true, force: true })
  })
  return { folder, remount: (option) => mount('-o', `remount,${option}`, folder) }
}

/** Takes up to all of the disk. */
function fill(path: string): void {
  try {
    for (let i = 0; i < 4096; i += 1) writeFileSync(path, Buffer.alloc(1024), { flag: 'a' })
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOSPC') throw error
  }
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0
  if (mounted) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true })
  return mounted
}

const skip = canMount() ? false : 'only root may mount a disk to fill'
const keys = Array.from({ length: 200 }, (_, i) => `ledger:zone:${i}`)

t.test(
  'a disk that fills up while running: nothing is lost, it is said once, and caught up',
  { skip },
  async (t) => {
    const { folder } = smallDisk(t, 1024)
    const path = join(folder, 'ledger.db')
    let now = Date.now()
    const own = storeDeps(path, { clock: { now: () => now, sleep: async () => {} } })
    const store = await openSqliteStore(own)
    await store.put('before', 1)
    fill(join(folder, 'other'))
    for (const key of keys) {
      await store.put(key, record(key))
      now += 10_000
    }
    t.match(own.said, [/^trouble: .*full/], 'once')
    t.match(store.health(), { persistent: true, trouble: /full/ })
    t.ok(store.health().failures > 100, `${store.health().failures} records not written at first`)
    for (const key of keys) t.strictSame(store.get(key), record(key))
    rmSync(join(folder, 'other'))
    now += 31_000
    await store.put('after', 2)
    t.strictSame(own.said.slice(1), ['works again'])
    await store.close()
    const again = storeDeps(path)
    const next = await openSqliteStore(again)
    for (const key of keys) t.strictSame(next.get(key), record(key))
    t.strictSame([next.get('before'), next.get('after'), again.said], [1, 2, []])
    await next.close()
  },
)

t.test('a start on a full disk: from memory, and on disk as soon as there is room', { skip }, async (t) => {
  const { folder } = smallDisk(t, 400)
  fill(join(folder, 'other'))
  let now = Date.now()
  const path = join(folder, 'ledger.db')
  const own = storeDeps(path, { clock: { now: () => now, sleep: async () => {} } })
  const store = await openSqliteStore(own)
  for (const key of keys.slice(0, 20)) await store.put(key, record(key))
  t.match(store.health(), { persistent: false, writes: 0 })
  t.match(own.said, [/^trouble: .*(full|unable to open|I\/O)/])
  rmSync(join(folder, 'other'))
  await store.put('soon', 2)
  t.match(store.health(), { persistent: false, writes: 0 }, 'a full disk is not tried at each record')
  now += 31_000
  await store.put('after', 2)
  t.match(store.health(), { persistent: true, trouble: null })
  await store.close()
  const next = await openSqliteStore(storeDeps(path))
  t.equal(next.keys('').length, 22)
  await next.close()
})

t.test(
  'a disk that turns read-only, as after an error of the disk: as when it is full',
  { skip },
  async (t) => {
    const { folder, remount } = smallDisk(t, 1024)
    const path = join(folder, 'ledger.db')
    let now = Date.now()
    const first = await openSqliteStore(storeDeps(path))
    await first.put('before', 1)
    await first.close()
    remount('ro')
    const own = storeDeps(path, { clock: { now: () => now, sleep: async () => {} } })
    const store = await openSqliteStore(own)
    await store.put('during', { x: 1 })
    t.match(own.said, [/^trouble: /])
    t.strictSame(store.get('during'), { x: 1 })
    remount('rw')
    now += 31_000
    await store.put('after', 2)
    t.match(store.health(), { trouble: null })
    await store.close()
    const next = await openSqliteStore(storeDeps(path))
    t.strictSame([next.get('before'), next.get('during'), next.get('after')], [1, { x: 1 }, 2])
    await next.close()
  },
)
