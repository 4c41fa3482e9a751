import t from 'tap'
import { plainManifest, provisionWorld } from '../../support/provision-world.ts'

/* `provision destroy`: what is deleted, and who is asked and told. */

// The simulator and the program in one process: slow on a busy machine.
t.setTimeout(240_000)

t.test('with a target only what bears that name is deleted', async (t) => {
  const { sim, run } = await provisionWorld(t)
  t.equal((await run('apply', ['--yes'])).code, 0)
  const one = await run('destroy', ['--target', 'sre-audit'], { answer: 'yes' })
  t.match(one, { code: 0, stdout: /Applied: 1 deleted\.\n$/, stderr: /Delete these 1 objects\?/ })
  t.equal(sim.requests.count('delete_job'), 1)
  t.equal(sim.requests.count('delete_webhook'), 0)
})

t.test('with nothing to delete nobody is asked, and none of its secrets is needed', async (t) => {
  const { sim, run } = await provisionWorld(t)
  const none = await run('destroy', [], { env: { DATADOG: '', HEC: '', HOOK: '' } })
  t.match(none, { code: 0, stdout: /No changes/ })
  t.notMatch(none.stdout, 'Applied')
  t.equal(sim.requests.count('delete_job'), 0)
})

t.test('for programs every line of stdout is an event; people see the plan on stderr', async (t) => {
  const { run } = await provisionWorld(t)
  t.equal((await run('apply', ['--yes'])).code, 0)
  const { code, stdout, stderr } = await run('destroy', ['--yes', '-o', 'json'])
  t.equal(code, 0)
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).event)
  t.strictSame(events, ['begin', 'step', 'step', 'step', 'step', 'step', 'step', 'end'])
  t.match(stderr, /^- delete webhook sre-hook in account Quay/m)
  t.match(stderr, /^Plan: 3 to delete, 0 unchanged\.$/m)
})

t.test('a manifest that is wrong, or refused by Cloudflare, deletes nothing', async (t) => {
  const { sim, run, write } = await provisionWorld(t)
  t.equal((await run('apply', ['--yes'])).code, 0)
  write(plainManifest.replace('name: Quay', 'name: Elsewhere'))
  t.match(await run('destroy', ['--yes']), { code: 65, stderr: /sees no account called "Elsewhere"/ })
  write(plainManifest.replace('dataset: audit_logs', 'dataste: audit_logs'))
  t.match(await run('destroy', ['--yes']), { code: 65, stderr: /unknown key "dataste"/ })
  t.equal(sim.requests.count('delete_job'), 0)
})
