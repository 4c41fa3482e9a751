import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { UserError } from '../../src/errors.ts'
import { openLmdbStore, type StoreDeps } from '../../src/runtime/lmdb-store.ts'
import { createMemoryStore } from '../../src/runtime/memory-store.ts'

function folder(t: { teardown(end: () => void): unknown }): string {
  const path = mkdtempSync(join(tmpdir(), 'store-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function deps(
  path: string,
  edit: Partial<StoreDeps> = {},
): StoreDeps & { readonly troubles: (string | null)[] } {
  const troubles: (string | null)[] = []
  return {
    path,
    pid: process.pid,
    now: () => Date.now(),
    onTrouble: (trouble) => troubles.push(trouble),
    ...edit,
    troubles,
  }
}

t.test('what was put is there after a restart, and nothing else', async (t) => {
  const path = join(folder(t), 'data', 'ledger.mdb')
  const first = await openLmdbStore(deps(path))
  await first.put('ledger:zone:1', { watermark: 7, open: [[1, 'a', 2.5]] })
  await first.put('ledger:zone:2', { watermark: 8 })
  await first.put('scope:zone:1', { name: 'quay.example' })
  await first.remove('ledger:zone:2')
  t.same(first.health(), { writes: 4, failures: 0, trouble: null, persistent: true })
  await first.close()
  const second = await openLmdbStore(deps(path))
  t.same(second.get('ledger:zone:1'), { watermark: 7, open: [[1, 'a', 2.5]] })
  t.equal(second.get('ledger:zone:2'), undefined)
  t.same(second.keys('ledger:'), ['ledger:zone:1'])
  t.same(second.keys('scope:'), ['scope:zone:1'])
  await second.close()
  t.equal(statSync(path).mode & 0o777, 0o600, 'nobody else may read it')
})

t.test('a second process on the same file is refused, and told who has it', async (t) => {
  const path = join(folder(t), 'ledger.mdb')
  const store = await openLmdbStore(deps(path))
  await t.rejects(
    openLmdbStore(deps(path)),
    new UserError(
      `--state.path: ${path} is in use by process ${process.pid} on ${hostname()}. Two exporters must not share a ledger: stop the other one, or use another path for this one.`,
    ),
  )
  await store.close()
  const next = await openLmdbStore(deps(path))
  await next.close()
  t.notOk(existsSync(`${path}.lock`))
})

t.test('the lock of a killed process holds nobody up, even when its id is in use again', async (t) => {
  const path = join(folder(t), 'ledger.mdb')
  const child = spawn('sleep', ['60'])
  t.teardown(() => child.kill('SIGKILL'))
  const holder = { pid: child.pid, startedAt: '1', host: hostname(), id: 'other' }
  writeFileSync(`${path}.lock`, JSON.stringify(holder))
  const store = await openLmdbStore(deps(path))
  t.match(JSON.parse(readFileSync(`${path}.lock`, 'utf8')), { pid: process.pid })
  await store.close()
})

t.test('a lock from another host holds until it was not renewed for 45 seconds', async (t) => {
  const path = join(folder(t), 'ledger.mdb')
  const lock = `${path}.lock`
  writeFileSync(lock, JSON.stringify({ pid: 1, startedAt: '9', host: 'other-pod', id: 'x' }))
  const now = Date.now()
  utimesSync(lock, now / 1000, (now - 40_000) / 1000)
  await t.rejects(openLmdbStore(deps(path, { now: () => now })), /is in use by process 1 on other-pod/)
  const store = await openLmdbStore(deps(path, { now: () => now + 6_000 }))
  await store.close()
})

t.test('the lock is renewed with the writes', async (t) => {
  const path = join(folder(t), 'ledger.mdb')
  let now = Date.now()
  const store = await openLmdbStore(deps(path, { now: () => now }))
  now += 60_000
  await store.put('k', 1)
  t.equal(Math.round(statSync(`${path}.lock`).mtimeMs / 1000), Math.round(now / 1000))
  await store.close()
})

t.test('an older layout is migrated step by step, a newer one is refused', async (t) => {
  const path = join(folder(t), 'ledger.mdb')
  const old = await openLmdbStore(deps(path, { schema: 1 }))
  await old.put('ledger:zone:1', { from: 5 })
  await old.close()
  const migrations = [
    { from: 1, migrate: (_: string, record: unknown) => ({ two: record }) },
    { from: 2, migrate: (key: string, record: unknown) => ({ key, three: record }) },
  ]
  const next = await openLmdbStore(deps(path, { schema: 3, migrations }))
  t.same(next.get('ledger:zone:1'), { key: 'ledger:zone:1', three: { two: { from: 5 } } })
  await next.close()
  await t.rejects(
    openLmdbStore(deps(path, { schema: 2, migrations })),
    new UserError(
      `--state.path: ${path} was written by a newer version (schema 3, this program knows up to 2). Run that version, or start with an empty path.`,
    ),
  )
  const again = await openLmdbStore(deps(path, { schema: 3, migrations }))
  t.same(
    again.get('ledger:zone:1'),
    { key: 'ledger:zone:1', three: { two: { from: 5 } } },
    'nothing is migrated twice',
  )
  await again.close()
})

t.test(
  'a folder that cannot be written: counts are kept in memory, each put is a failure, once it is said',
  async (t) => {
    const parent = folder(t)
    writeFileSync(join(parent, 'file'), '')
    // Not even root can make a folder inside a file.
    const own = deps(join(parent, 'file', 'ledger.mdb'))
    const store = await openLmdbStore(own)
    await store.put('a', { kept: true })
    await store.put('b', 2)
    t.same(store.get('a'), { kept: true })
    t.match(store.health(), { writes: 0, failures: 3, persistent: false })
    t.equal(own.troubles.length, 1)
    t.match(own.troubles[0], /mkdir/)
    await store.close()
  },
)

t.test(
  'a disk that fills up: what cannot be written is read from memory, said once, and written when there is room again',
  { timeout: 60_000 },
  async (t) => {
    const path = join(folder(t), 'ledger.mdb')
    // A file size limit on a process of its own stands in for the full disk.
    const script = `
    import { openLmdbStore } from ${JSON.stringify(new URL('../../src/runtime/lmdb-store.ts', import.meta.url).href)}
    import { spawnSync } from 'node:child_process'
    const troubles = []
    let now = 1e12
    const deps = { path: ${JSON.stringify(path)}, pid: process.pid, now: () => now, onTrouble: (trouble) => troubles.push(trouble !== null) }
    const store = await openLmdbStore(deps)
    process.on('SIGXFSZ', () => {})
    const big = 'x'.repeat(100_000)
    for (let i = 0; i < 40; i += 1) await store.put('key' + i, { i, big })
    spawnSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited'])
    const before = store.health()
    now += 31_000
    await store.put('after', { i: -1 })
    const after = store.health()
    const all = Array.from({ length: 40 }, (_, i) => store.get('key' + i)?.i)
    await store.close()
    const again = await openLmdbStore({ ...deps, onTrouble() {} })
    const onDisk = again.keys('key').length
    console.log(JSON.stringify({ complete: all.every((value, i) => value === i), onDisk, failed: before.failures > 0, trouble: typeof before.trouble, left: after.trouble, troubles }))
    process.exit(0)
  `
    const { stdout, stderr } = spawnSync(
      'bash',
      ['-c', `ulimit -S -f 2000; exec "${process.execPath}" --import tsx --input-type=module -e "$SCRIPT"`],
      {
        env: { ...process.env, SCRIPT: script, NODE_V8_COVERAGE: '' },
        encoding: 'utf8',
      },
    )
    const line = stdout.trim().split('\n').at(-1) ?? ''
    t.match(line, /^\{/, stderr)
    const found: unknown = line === '' ? null : JSON.parse(line)
    t.same(found, {
      complete: true,
      onDisk: 40,
      failed: true,
      trouble: 'string',
      left: null,
      troubles: [true, false],
    })
  },
)

t.test('the memory store behaves alike, and forgets', async (t) => {
  const store = createMemoryStore()
  const record = { list: [1, 2] }
  await store.put('b:1', record)
  record.list.push(3)
  t.same(store.get('b:1'), { list: [1, 2] }, 'it holds a copy')
  t.same(store.keys('b:'), ['b:1'])
  await store.remove('b:1')
  t.equal(store.get('b:1'), undefined)
  t.equal(store.health().persistent, false)
  await store.close()
})
