import { readFileSync } from 'node:fs'
import t from 'tap'
import { plainManifest, provisionWorld } from '../../support/provision-world.ts'

/* `export` in its forms, and what `validate` and `schema` print for programs. */

// The simulator and the program in one process: slow on a busy machine.
t.setTimeout(240_000)

t.test('the live objects are exported as Terraform, to stdout or to a file', async (t) => {
  const { call, folder } = await provisionWorld(t)
  const terraform = await call(['export', '--to', 'terraform'])
  t.equal(terraform.code, 0, terraform.stderr)
  t.match(terraform.stdout, /^resource "cloudflare_logpush_job" "theirs" \{$/m)
  t.match(await call(['export', '--to', 'terraform', '--out', `${folder}/main.tf`]), {
    code: 0,
    stdout: '',
    stderr: new RegExp(`^Written to ${folder}/main\\.tf\\.$`, 'm'),
  })
  t.equal(readFileSync(`${folder}/main.tf`, 'utf8').trimEnd(), terraform.stdout.trimEnd())
})

t.test('a manifest becomes Terraform of what it declares; one that is wrong becomes none', async (t) => {
  const { run, write, sim } = await provisionWorld(t)
  const fine = await run('export', ['--to', 'terraform'])
  t.equal(fine.code, 0, fine.stderr)
  t.match(fine.stdout, /^resource "cloudflare_logpush_job" "sre_audit" \{$/m)
  t.notMatch(fine.stdout, /"theirs"|canary/)
  t.match(await run('export'), {
    code: 64,
    stdout: '',
    stderr:
      'logpush-exporter: --file: only with --to terraform; the live configuration is exported as a manifest\n',
  })
  write(plainManifest.replace('[Outcome, ScriptName]', '[Outcom]'))
  t.match(await run('export', ['--to', 'terraform']), { code: 65, stdout: '', stderr: /no field "Outcom"/ })
  write(plainManifest.replace('dataset: audit_logs', 'dataste: audit_logs'))
  t.match(await run('export', ['--to', 'terraform']), {
    code: 65,
    stdout: '',
    stderr: /unknown key "dataste"/,
  })
  t.equal(sim.requests.count('create_job'), 0)
})

t.test('for programs a valid manifest is ok, whatever there is to warn of', async (t) => {
  const { run, call, write } = await provisionWorld(t)
  t.match(await run('validate', ['-o', 'json']), {
    code: 0,
    stdout: '{\n  "ok": true,\n  "problems": []\n}\n',
  })
  write(plainManifest.replace('audit_logs\n', 'audit_log\n'))
  const warned = await run('validate', ['-o', 'json'])
  t.strictSame([warned.code, warned.stderr], [0, ''])
  t.match(JSON.parse(warned.stdout), { ok: true, problems: [{ level: 'warning', line: 7 }] })
  t.match((await run('validate')).stdout, 'The manifest is valid: 2 jobs, 1 webhook, 0 policies.\n')
  t.match((await call(['schema'])).stdout, /^\{\n {2}"\$schema": /)
})
