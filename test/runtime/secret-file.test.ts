import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readConfinedFile, readSecretFile } from '../../src/runtime/secret-file.ts'
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

t.test(
  'a manifest reads files below its folder and below those that are allowed, wherever links lead',
  async (t) => {
    const at = (...names: readonly string[]) => join(folder, ...names)
    for (const name of ['manifest', 'manifest/secrets', 'manifest-2', 'run']) mkdirSync(at(name))
    for (const name of ['manifest/secrets/a', 'manifest-2/b', 'run/c', 'api-token'])
      writeFileSync(at(name), name)
    symlinkSync(at('run/c'), at('manifest/to-run'))
    symlinkSync(at('manifest/secrets/a'), at('manifest/to-a'))
    symlinkSync(at('manifest'), at('linked'))
    const read = (path: string, folders = [at('manifest')], own: readonly string[] = []) => {
      const file = readConfinedFile(path, { folders, own })
      return file.ok ? file.text : file.reason
    }
    const outside = "it is outside the manifest's folder; --references.allow allows its folder"
    t.equal(read(at('manifest/secrets/a')), 'manifest/secrets/a')
    t.equal(
      read(at('manifest/to-a')),
      'manifest/secrets/a',
      'a link that stays inside, as Kubernetes makes them',
    )
    t.equal(read(at('manifest/none')), 'no such file')
    t.equal(read(at('manifest/secrets/a'), [at('linked')]), 'manifest/secrets/a', 'the folder may be a link')
    t.equal(read(at('manifest-2/b')), outside, 'a name that only begins alike')
    t.equal(read(at('manifest/to-run')), outside, 'a link that leads out')
    t.equal(read(at('none')), outside, 'what is not there is not told apart')
    t.equal(read(at('run/c'), [at('manifest'), at('run')]), 'run/c')
    t.equal(read(at('run/c'), ['/']), 'run/c')
    const ours = 'it belongs to logpush-exporter itself'
    t.equal(read(at('api-token'), [folder], [at('api-token')]), ours)
    symlinkSync(at('api-token'), at('manifest/harmless'))
    t.equal(read(at('manifest/harmless'), [folder], [at('api-token')]), ours, 'under another name')
  },
)
