import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Secret } from '../../src/domain/secret.ts'
import { exitCode, UserError } from '../../src/errors.ts'
import { openTokenSource } from '../../src/runtime/token-source.ts'

/* The API token as a program begins with it. */

const clock = { monotonic: () => 0 }
const apiToken = new Secret('from-the-environment')

function folder(t: { teardown(end: () => void): unknown }): string {
  const path = mkdtempSync(join(tmpdir(), 'token-'))
  t.teardown(() => rmSync(path, { recursive: true }))
  return path
}

t.test('a fixed token is the same whatever happens, and known at once', async (t) => {
  const source = await openTokenSource({ apiToken, apiTokenFile: null }, { clock })
  t.equal(source.latest()?.reveal(), 'from-the-environment')
  source.refresh()
  t.equal((await source.current()).reveal(), 'from-the-environment')
})

t.test('the token of a file is read before anything is asked, and comes before the fixed one', async (t) => {
  const path = join(folder(t), 'token')
  writeFileSync(path, 'from-the-file\n')
  const source = await openTokenSource({ apiToken, apiTokenFile: path }, { clock })
  t.equal(source.latest()?.reveal(), 'from-the-file')
})

t.test('a file that cannot be read says what to do instead', async (t) => {
  const apiTokenFile = join(folder(t), 'token')
  const failure = await openTokenSource({ apiToken, apiTokenFile }, { clock }).catch(
    (error: unknown) => error,
  )
  t.ok(failure instanceof UserError)
  t.match(failure, { exitCode: exitCode.usage, cause: { name: 'UserError' } })
  t.match(
    failure instanceof Error ? failure.message : '',
    /--cloudflare\.api-token-file.*token.*\. Put the API token into it, or leave the flag out and set CLOUDFLARE_API_TOKEN\.$/,
  )
})

t.test('without any token both ways to give one are named', async (t) => {
  await t.rejects(
    openTokenSource({ apiToken: null, apiTokenFile: null }, { clock }),
    new UserError('no API token: set CLOUDFLARE_API_TOKEN, or pass a file with --cloudflare.api-token-file'),
  )
})
