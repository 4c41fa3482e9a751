import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { colorsOf } from '../../../src/commands/provision/plan.ts'
import { fakeHttp, json } from '../../support/fake-http.ts'
import { plainManifest, provisionWorld } from '../../support/provision-world.ts'

/* `provision plan` as it is asked for: which objects, in which form, and what is kept of it. */

// The simulator and the program in one process: slow on a busy machine.
t.setTimeout(240_000)

t.test('colours are for a terminal, unless NO_COLOR is set', async (t) => {
  const bold = (stdout: boolean, env: Readonly<Record<string, string>>) =>
    colorsOf({ terminal: { stdin: true, stdout, stderr: true }, env }).bold('x')
  const painted = '\u001b[1mx\u001b[22m'
  t.equal(bold(true, {}), painted)
  t.equal(bold(true, { NO_COLOR: '' }), painted)
  t.equal(bold(true, { NO_COLOR: '1' }), 'x')
  t.equal(bold(false, {}), 'x')
  t.equal(bold(false, { NO_COLOR: '' }), 'x')
})

t.test('objects that are named are shown in full, and no other is planned', async (t) => {
  const { run } = await provisionWorld(t)
  const { code, stdout } = await run('plan', ['sre-worker', '--detailed-exitcode'])
  t.equal(code, 2)
  t.match(stdout, /^\+ create job sre-worker/)
  t.match(stdout, /^ +output\.fields: .*Outcome.*ScriptName/m)
  t.equal(stdout.match(/create job sre-worker/g)?.length, 1, 'and not in short as well')
  t.notMatch(stdout, /sre-audit|canary/)
  const json = await run('plan', ['sre-worker', '-o', 'json'])
  t.match(JSON.parse(json.stdout).changes, [{ change: 'create', name: 'sre-worker' }])
  t.match(json.stdout, /^\{\n {2}"/)
  const both = await run('plan', ['sre-worker', '--target', 'sre-audit', '-o', 'json'])
  t.match(JSON.parse(both.stdout).summary, { create: 2 }, 'as --target does, besides it')
})

t.test('warnings of the manifest are told by every verb that reads one', async (t) => {
  const { run } = await provisionWorld(t, plainManifest.replace('audit_logs\n', 'audit_log\n'))
  const warning = /manifest\.yaml:7:14: warning: jobs\[0\]\.dataset: unknown dataset "audit_log"/
  for (const verb of ['validate', 'plan', 'apply', 'destroy', 'test'])
    t.match((await run(verb, verb === 'apply' ? ['--offline'] : [])).stderr, warning, verb)
})

t.test('the secrets of a saved plan are sealed under a salt of its own', async (t) => {
  const { folder, run } = await provisionWorld(t)
  const salts = []
  for (const name of ['one', 'two']) {
    t.equal((await run('plan', ['--out', `${folder}/${name}`])).code, 0)
    const { secrets, targets, rotate } = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))
    t.match(secrets.salt, /^[0-9a-f]{32}$/)
    t.strictSame({ targets, rotate }, { targets: [], rotate: [] })
    salts.push(secrets.salt)
  }
  t.equal(new Set(salts).size, 2)
  t.match(await run('plan', ['--out', `${folder}/none/plan`]), {
    code: 1,
    stderr: `--out: cannot write ${folder}/none/plan: no such file\n`,
  })
})

t.test(
  'a plan that the guard objects to is saved all the same, since an apply can override it',
  async (t) => {
    const { folder, run } = await provisionWorld(t, plainManifest.replace('sre-audit', 'theirs'))
    t.equal((await run('plan', ['--out', `${folder}/plan`])).code, 3)
    t.ok(existsSync(`${folder}/plan`))
  },
)

t.test(
  'a plan looks whether it can read where the challenge will lie, and offline it does not',
  async (t) => {
    const store = await fakeHttp(json(403, {}))
    t.teardown(() => store.close())
    const { run } = await provisionWorld(
      t,
      plainManifest.replace(/datadog: .*? } }/, 'gcs: { bucket: quay-logs, path: audit } }'),
    )
    const env = { STORAGE_EMULATOR_HOST: store.baseUrl.replace('/client/v4', '') }
    const note = 'note: apply needs a proof of ownership: gs://quay-logs/audit (account Quay); it reads'
    t.match((await run('plan', ['--offline'], { env })).stdout, note)
    t.strictSame(store.received, [])
    t.match((await run('plan', [], { env })).stdout, note)
    t.match(store.received, [{ method: 'GET', url: /quay-logs.*logpush-exporter-probe\.txt/ }])
  },
)
