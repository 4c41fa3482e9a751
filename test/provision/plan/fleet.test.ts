import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import t from 'tap'
import { planningProgress } from '../../../src/provision/report/planning-progress.ts'
import { startFleet } from '../../support/fleet.ts'
import { runProvision } from '../../support/run-provision.ts'

t.test(
  '20 zones with 3 jobs each and nothing to change: each zone is asked once, and nothing else',
  async (t) => {
    const { sim, path, env } = await startFleet(20)
    t.teardown(async () => {
      await sim.close()
      rmSync(dirname(path), { recursive: true, force: true })
    })
    const plan = await runProvision(['plan', '-f', path, '--detailed-exitcode'], { env })
    t.match(plan, {
      code: 0,
      stdout: /No changes: 60 objects up to date/,
      stderr: 'Reading jobs: 20 scopes\n',
    })
    t.strictSame(Object.fromEntries(sim.requests.counts()), {
      'rest list_zones': 1,
      'rest list_jobs': 20,
    })
  },
)

t.test('progress: the first line at once, then every 5 s with what is left; nothing for a few', (t) => {
  const lines: string[] = []
  let now = 1_000
  const show = planningProgress(
    (line) => lines.push(line),
    () => now,
  )
  for (let done = 0; done <= 10; done += 1) show({ reading: 'jobs', done, total: 10 })
  t.strictSame(lines, [])
  show({ reading: 'zones', done: 50, total: null })
  now += 6_000
  show({ reading: 'zones', done: 100, total: null })
  show({ reading: 'jobs', done: 0, total: 1_000 })
  for (let done = 1; done <= 1_000; done += 1) {
    now += 20
    show({ reading: 'jobs', done, total: 1_000 })
  }
  t.strictSame(lines, [
    'Listing zones: 50 so far',
    'Listing zones: 100 so far',
    'Reading jobs: 1000 scopes',
    'Reading jobs: 250 of 1000 scopes, about 15 s left',
    'Reading jobs: 500 of 1000 scopes, about 10 s left',
    'Reading jobs: 750 of 1000 scopes, about 5 s left',
  ])
  t.end()
})
