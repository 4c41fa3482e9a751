import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'

/* Tests that hold whatever form the API answers in, run once more against a contrary one. */

t.setTimeout(1_800_000)

const suites = [
  'e2e/kill.test.ts',
  'e2e/failures.test.ts',
  'provision/apply/apply-simulator.test.ts',
  'commands/provision/apply-command.test.ts',
]

for (const suite of suites)
  t.test(`contrary: ${suite}`, async (t) => {
    const file = fileURLToPath(new URL(`../${suite}`, import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      env: { ...process.env, LOGPUSH_TEST_CONTRARY: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += String(chunk)
      })
    const code = await new Promise((resolve) => child.once('exit', resolve))
    if (code !== 0) t.comment(said.slice(-4_000))
    t.equal(code, 0)
  })
