import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { record } from './damaged-ledger.ts'
import { storeDeps } from './ledger-store.ts'

/** What a disk of a test is formatted with. */
type FileSystem = 'tmpfs' | 'ext4'

/** The smallest image that mkfs.ext4 takes without a complaint; a good half of it is left for files. */
const imageKilobytes = 2048

/** Mounts a disk of its own below `folder`, so small that a test can fill it; the answer is what was wrong, or null. */
function mountSmall(fileSystem: FileSystem, folder: string, kilobytes: number): string | null {
  const run = (command: string, ...args: string[]): string | null => {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
    return status === 0 ? null : (error?.message ?? stderr)
  }
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  if (fileSystem === 'tmpfs') return run('mount', '-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', disk)
  const image = join(folder, 'image')
  writeFileSync(image, Buffer.alloc(imageKilobytes * 1024))
  return run('mkfs.ext4', '-q', '-F', image) ?? run('mount', '-o', 'loop', image, disk)
}

function smallDisk(
  t: { teardown(end: () => void): unknown },
  fileSystem: FileSystem,
  kilobytes: number,
): { readonly folder: string; remount(option: string): void } {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'))
  t.teardown(() => {
    spawnSync('umount', [join(folder, 'disk')])
    rmSync(folder, { recursive: true, force: true })
  })
  const trouble = mountSmall(fileSystem, folder, kilobytes)
  if (trouble !== null) throw new Error(trouble)
  const remount = (option: string): void => {
    const { status, stderr } = spawnSync('mount', ['-o', `remount,${option}`, join(folder, 'disk')], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
  }
  return { folder: join(folder, 'disk'), remount }
}

/** Takes up to all of the disk. */
function fill(path: string): void {
  try {
    for (let i = 0; i < 4096; i += 1) writeFileSync(path, Buffer.alloc(1024), { flag: 'a' })
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOSPC') throw error
  }
}

function canMount(fileSystem: FileSystem): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'))
  const mounted = mountSmall(fileSystem, folder, 64) === null
  if (mounted) spawnSync('umount', [join(folder, 'disk')])
  rmSync(folder, { recursive: true })
  return mounted
}

const keys = Array.from({ length: 200 }, (_, i) => `ledger:zone:${i}`)

/** What a ledger does on a disk that is full or read-only. */
export function testFullDisks(fileSystem: FileSystem): void {
  const skip = canMount(fileSystem) ? false : `only root may mount a disk to fill (${fileSystem})`

  t.test(
    `${fileSystem}: a disk that fills up while running: nothing is lost, it is said once, and caught up`,
    { skip },
    async (t) => {
      const { folder } = smallDisk(t, fileSystem, 1024)
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
      t.comment(
        `${keys.length} records while the disk was full, ${store.health().failures} not written at first`,
      )
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

  t.test(
    `${fileSystem}: a start on a full disk: from memory, and on disk as soon as there is room`,
    { skip },
    async (t) => {
      const { folder } = smallDisk(t, fileSystem, 400)
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
    },
  )

  t.test(
    `${fileSystem}: a disk that turns read-only, as after an error of the disk: as when it is full`,
    { skip },
    async (t) => {
      const { folder, remount } = smallDisk(t, fileSystem, 1024)
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
}
