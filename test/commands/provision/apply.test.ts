import { readFileSync } from 'node:fs'
import t from 'tap'
import { provisionWorld } from '../../support/provision-world.ts'

/* What an apply is narrowed to and told beforehand, and what it keeps. */

// The simulator and the program in one process: slow on a busy machine.
t.setTimeout(240_000)

t.test('an apply with a target writes that object alone', async (t) => {
  const { sim, run } = await provisionWorld(t)
  const one = await run('apply', ['--yes', '--target', 'sre-audit'])
  t.match(one, { code: 0, stdout: /Applied: 1 created\.\n$/ })
  t.equal(sim.requests.count('create_job'), 1)
  t.equal(sim.requests.count('create_webhook'), 0)
})

t.test('what is to be rotated is sent again, by an apply and by a saved plan', async (t) => {
  const { sim, folder, run, call } = await provisionWorld(t)
  t.equal((await run('apply', ['--yes'])).code, 0)
  t.match(await run('apply', ['--yes', '--rotate', 'sre-audit']), {
    code: 0,
    stdout: /Applied: 1 updated\.\n$/,
  })
  const plan = `${folder}/the.plan`
  t.equal((await run('plan', ['--rotate', 'sre-worker', '--out', plan])).code, 0)
  t.match(await call(['apply', plan, '--yes']), { code: 0, stdout: /Applied: 1 updated\.\n$/ })
  t.equal(sim.requests.count('update_job'), 2)
})

t.test('a saved plan takes no manifest, no target and nothing to rotate besides', async (t) => {
  const { folder, file, run, call } = await provisionWorld(t)
  const plan = `${folder}/the.plan`
  t.equal((await run('plan', ['--out', plan])).code, 0)
  const refused = `logpush-exporter: ${plan}: a saved plan already contains its manifest and targets; remove -f, --target and --rotate\n`
  for (const more of [
    ['-f', file],
    ['--target', 'sre-audit'],
    ['--rotate', 'sre-audit'],
    ['-f', file, '--target', 'sre-audit'],
  ])
    t.match(await call(['apply', plan, '--yes', ...more]), { code: 64, stderr: refused }, more.join(' '))
})

t.test('offline an apply asks Cloudflare nothing but what is live', async (t) => {
  const { sim, run } = await provisionWorld(t)
  t.equal((await run('apply', ['--offline'])).code, 1, 'there is nobody to confirm')
  t.equal(sim.requests.count('validate_destination'), 0)
  t.equal((await run('apply')).code, 1)
  t.equal(sim.requests.count('validate_destination'), 2)
})

t.test('on a terminal the question is asked after the plan was shown', async (t) => {
  const { run } = await provisionWorld(t)
  const { code, stdout, stderr } = await run('apply', [], { answer: 'no' })
  t.equal(code, 1)
  t.match(stdout, /\nPlan: 3 to create, 0 unchanged\.\n$/)
  t.match(stderr, 'Apply this plan? Type "yes" to continue: Nothing was changed.\n')
})

t.test('the hashes of what a webhook was sent are under a key of their own', async (t) => {
  const { folder, run } = await provisionWorld(t)
  t.equal((await run('apply', ['--yes'])).code, 0)
  const keysOf = () => {
    const kept = readFileSync(`${folder}/logpush-exporter/webhooks.json`, 'utf8')
    return [...kept.matchAll(/"key": ?"([^"]*)"/g)].map(([, key]) => key ?? '')
  }
  const [first = ''] = keysOf()
  t.match(first, /^[0-9a-f]{32}$/)
  t.equal((await run('apply', ['--yes', '--rotate', 'sre-hook'])).code, 0)
  t.match(keysOf(), [/^[0-9a-f]{32}$/])
  t.not(keysOf()[0], first, 'which is new each time')
})

t.test('how long and how much at once has bounds', async (t) => {
  const { run } = await provisionWorld(t)
  const refused = [
    ['--wait=61m', 'expected a duration such as 90s or 1h30m, from 0 to 1h, found "61m"'],
    ['--parallel=33', 'expected a whole number from 1 to 32, found "33"'],
    ['--parallel=0', 'expected a whole number from 1 to 32, found "0"'],
  ] as const
  for (const [flag, message] of refused) {
    const { code, stderr } = await run('apply', [flag])
    t.equal(code, 64)
    t.match(stderr, `${flag.split('=')[0]}: ${message}\n`)
  }
})

t.test('what may be given without a flag is counted, and said', async (t) => {
  const { call } = await provisionWorld(t)
  const limits = [
    ['plan', 100, 'names of objects'],
    ['apply', 1, 'a saved plan'],
    ['rotate', 1000, 'names or globs of jobs and webhooks'],
    ['test', 1000, 'names or globs of jobs'],
    ['import', 1000, 'files'],
    ['fields', 1, 'one dataset'],
    ['destroy', 0, null],
  ] as const
  for (const [verb, max, what] of limits) {
    const words = Array.from({ length: max + 1 }, (_, index) => `word-${index + 1}`)
    const { stderr } = await call([verb, ...words])
    const takes = what === null ? '' : `; "provision ${verb}" takes ${what}`
    t.match(stderr, /invalid settings \(1 error\):/)
    t.match(stderr, `  word-${max + 1}: unexpected argument${takes}\n`)
  }
})
