import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readSecretFile } from '../../src/runtime/secret-file.ts'
import { readTextFile } from '../../src/runtime/text-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'secret-'))
t.teardown(() => rmSync(folder, { recursive: true }))

t.test('a file that a manifest refers to is a regular one of at most 64 kB', async (t) => {
  const path = join(folder, 'token')
  writeFileSync(path, 's3cr3t\n')
  t.strictSame(readSecretFile(path), { ok: true, text: 's3cr3t\n' })
  writeFileSync(path, 'x'.repeat(65_536))
  t.equal(readSecretFile(path).ok, true)
  writeFileSync(path, 'x'.repeat(65_537))
  t.strictSame(readSecretFile(path), { ok: false, reason: 'it is larger than 64 kB' })
  t.strictSame(readSecretFile(folder), { ok: false, reason: 'it is a directory' })
  t.strictSame(readSecretFile(join(folder, 'none')), { ok: false, reason: 'no such file' })
  for (const device of ['/dev/zero', '/dev/urandom'])
    t.strictSame(readSecretFile(device), { ok: false, reason: 'it is not a regular file' }, device)
})

t.test(
  'the environment of a process is no secret file',
  { skip: process.platform !== 'linux' },
  async (t) => {
    t.strictSame(readSecretFile('/proc/self/environ'), { ok: false, reason: 'it is not a file on a disk' })
  },
)

t.test('a device without end is read up to 64 MB', async (t) => {
  t.strictSame(readTextFile('/dev/zero'), { ok: false, reason: 'it is larger than 64 MB' })
  t.strictSame(readTextFile('/dev/null'), { ok: true, text: '' })
  t.strictSame(readTextFile(join(folder, 'none')), { ok: false, reason: 'no such file' })
})
