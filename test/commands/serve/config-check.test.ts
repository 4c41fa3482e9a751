import { join } from 'node:path'
import t from 'tap'
import { checkConfig } from '../../../src/commands/serve/config-check.ts'
import { UserError } from '../../../src/errors.ts'
import { allSettings, defaultsOf, type Settings } from '../../../src/settings/exporter-settings.ts'

const files: Readonly<Record<string, string>> = { token: 'canary\n', empty: ' \n', manifest: '' }

/** What the check prints, or the error that it ends with. */
async function said(edit: Partial<Settings>): Promise<readonly string[]> {
  const lines: string[] = []
  const readFile = (path: string) => {
    const text = files[path]
    return text === undefined
      ? ({ ok: false, reason: 'no such file' } as const)
      : ({ ok: true, text } as const)
  }
  try {
    const io = { readFile, stdout: (line: string) => void lines.push(line) }
    await checkConfig({ ...defaultsOf(allSettings), ...edit }, io)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return error.message.split('\n')
  }
  return lines
}

t.test('settings whose files are there are valid', async (t) => {
  t.same(await said({}), ['Configuration is valid.'])
  const all = { apiTokenFile: 'token', webhookSecretFile: 'token', manifestFile: 'manifest' }
  t.same(await said(all), ['Configuration is valid.'])
})

t.test('all files that cannot be read, or hold nothing, are told at once', async (t) => {
  t.same(await said({ apiTokenFile: 'empty', webhookSecretFile: 'gone', manifestFile: 'lost' }), [
    '--cloudflare.api-token-file: empty is empty',
    '--notifications.webhook-secret-file: cannot read gone: no such file',
    '--manifest.file: cannot read lost: no such file',
  ])
})

t.test('a web configuration that is wrong is told with the others', async (t) => {
  const folder = t.testdir({ 'web.yml': 'unknown: 1\n', 'good.yml': 'basic_auth_users: {}\n' })
  const wrong = await said({ webConfigFile: join(folder, 'web.yml'), apiTokenFile: 'gone' })
  t.equal(wrong[0], '--cloudflare.api-token-file: cannot read gone: no such file')
  t.equal(wrong[1], '--web.config.file:')
  t.match(wrong[2], /web\.yml:1:1: unknown key "unknown"/)
  t.match((await said({ webConfigFile: join(folder, 'none.yml') }))[0], /none\.yml/)
})
