import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Secret } from '../../src/domain/secret.ts'
import { UserError } from '../../src/errors.ts'
import { createSystemClock } from '../../src/runtime/system-clock.ts'
import { createTokenSource } from '../../src/runtime/token-source.ts'
import { createWatchedFile } from '../../src/runtime/watched-file.ts'

/** How long a look at the file counts. */
const lookMs = 3_000

/** A watched file in a folder of its own, and a clock that the test moves. */
function watching(t: Test, text: string | null) {
  const folder = mkdtempSync(join(tmpdir(), 'watched-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'token')
  let now = 0
  let writes = 0
  const write = (content: string) => {
    writeFileSync(path, content)
    // Two writes within a millisecond must differ, as they do in life.
    writes++
    utimesSync(path, writes, writes)
  }
  if (text !== null) write(text)
  const told: (string | null)[] = []
  const watched = createWatchedFile({
    path,
    title: '--cloudflare.api-token-file',
    clock: { monotonic: () => now },
    onProblem: (problem) => told.push(problem),
    onChange: () => told.push('changed'),
  })
  const pass = (ms: number) => {
    now += ms
  }
  const current = async () => (await watched.current()).reveal()
  return { folder, path, write, watched, told, pass, current }
}

t.test('the secret is read without the line end, and again when the file changed', async (t) => {
  const { write, pass, current, told, watched } = watching(t, 'first\n')
  t.equal(watched.latest(), null)
  t.equal(await current(), 'first')
  write('second\r\n')
  pass(lookMs - 1)
  t.equal(await current(), 'first', 'a look counts for a while')
  pass(1)
  t.equal(await current(), 'second')
  t.equal(watched.latest()?.reveal(), 'second')
  t.strictSame(told, ['changed'])
})

t.test('after a refusal the file is read at once, even when it looks the same', async (t) => {
  const { path, watched, current } = watching(t, 'first')
  await current()
  writeFileSync(path, 'other')
  utimesSync(path, 1, 1)
  t.equal(await current(), 'first')
  watched.refresh()
  t.equal(await current(), 'other')
})

t.test('a file that is swapped by a link is noticed, as Kubernetes does it', async (t) => {
  const { folder, path, pass, current } = watching(t, null)
  for (const version of ['one', 'two']) {
    mkdirSync(join(folder, version))
    writeFileSync(join(folder, version, 'token'), version)
    utimesSync(join(folder, version, 'token'), 1, 1)
  }
  symlinkSync(join(folder, 'one'), join(folder, '..data'))
  symlinkSync(join('..data', 'token'), path)
  t.equal(await current(), 'one')
  symlinkSync(join(folder, 'two'), join(folder, '..next'))
  renameSync(join(folder, '..next'), join(folder, '..data'))
  pass(lookMs)
  t.equal(await current(), 'two')
})

t.test('a file that is empty or gone for a while keeps the last secret, and that is told once', async (t) => {
  const { path, write, pass, current, told } = watching(t, 'first')
  await current()
  write('')
  for (let look = 0; look < 3; look++) {
    pass(lookMs)
    t.equal(await current(), 'first')
  }
  rmSync(path)
  pass(lookMs)
  t.equal(await current(), 'first')
  write('second')
  pass(lookMs)
  t.equal(await current(), 'second')
  t.strictSame(told, [`--cloudflare.api-token-file: ${path} is empty`, 'changed', null])
})

t.test('a file that never held a secret is an error that names it', async (t) => {
  const missing = watching(t, null)
  await t.rejects(
    missing.watched.current(),
    new UserError(`--cloudflare.api-token-file: cannot read ${missing.path}: no such file`),
  )
  missing.write('there')
  t.equal(await missing.current(), 'there', 'and it is looked at again on the next use')
  const blank = watching(t, ' \n')
  await t.rejects(
    blank.watched.current(),
    new UserError(`--cloudflare.api-token-file: ${blank.path} is empty`),
  )
  t.equal((await watching(t, 'x'.repeat(65_536)).current()).length, 65_536)
  const huge = watching(t, 'x'.repeat(65_537))
  await t.rejects(huge.watched.current(), /too large to hold a secret/)
  const folder = watching(t, null)
  mkdirSync(folder.path)
  await t.rejects(folder.watched.current(), /it is a directory/)
})

t.test('many uses at once make one look', async (t) => {
  const { write, pass, current, told } = watching(t, 'first')
  await current()
  write('second')
  pass(lookMs)
  const all = await Promise.all(Array.from({ length: 20 }, current))
  t.strictSame(new Set(all), new Set(['second']))
  t.strictSame(told, ['changed'])
})

t.test('the token comes from the file when one is named, else from the settings', async (t) => {
  const { path } = watching(t, 'from-file')
  const clock = { monotonic: () => 0 }
  const apiToken = new Secret('from-environment')
  const file = createTokenSource({ apiToken, apiTokenFile: path }, { clock })
  t.equal((await file.current()).reveal(), 'from-file')
  const fixed = createTokenSource({ apiToken, apiTokenFile: null }, { clock })
  fixed.refresh()
  t.equal((await fixed.current()).reveal(), 'from-environment')
  t.equal(fixed.latest(), apiToken)
  t.throws(() => createTokenSource({ apiToken: null, apiTokenFile: null }, { clock }), /no API token/)
})

t.test('the system clock runs forward, and sleep ends early when it is told to', async (t) => {
  const clock = createSystemClock()
  const before = clock.monotonic()
  await clock.sleep(15, new AbortController().signal)
  t.ok(clock.monotonic() - before >= 14)
  const stop = new AbortController()
  const asleep = clock.sleep(60_000, stop.signal)
  stop.abort()
  await asleep
  await clock.sleep(60_000, stop.signal)
  t.ok(Math.abs(clock.now() - Date.now()) < 1_000)
})
