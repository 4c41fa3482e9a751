import { rmSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { DriftWatchDeps } from '../../../src/commands/serve/drift.ts'
import { ApiFailure } from '../../../src/errors.ts'
import { readTextFile } from '../../../src/runtime/text-file.ts'
import { datasets, driftEnv, job, live, watching, yaml, zoneJob } from '../../support/drift-watching.ts'
import { createFakeCloudflare } from '../../support/fake-cloudflare.ts'
import { account, accountId, zone } from '../../support/provision-values.ts'
import { simStart } from '../../support/simulation.ts'
import { settle } from '../../support/stepped-clock.ts'

/* When the manifest is compared, and what is said of it. */

const other = { id: 'b'.repeat(32), name: 'Other' }

t.test('it is compared at the start and every five minutes, until the signal', async (t) => {
  const { watch, clock, comparisons, objects, stop, ended, isOver } = watching(t, yaml(job('sre-a')))
  t.same(watch.state(), { compared: null, problem: null })
  await settle()
  t.same(objects(), [`create sre-a in all of ${accountId}`])
  t.equal(watch.state().compared?.at, simStart)
  await clock.advance(299_999)
  t.equal(comparisons(), 1)
  await clock.advance(1)
  t.equal(comparisons(), 2)
  t.equal(watch.state().compared?.at, simStart + 300_000)
  watch.hurry()
  await settle()
  t.equal(comparisons(), 3, 'or when it is told to hurry')
  t.notOk(isOver())
  stop.abort()
  await ended
  await clock.advance(3_600_000)
  t.equal(comparisons(), 3)
})

t.test('the file is looked at every fifteen seconds, and compared at once when it changed', async (t) => {
  const { clock, comparisons, objects, write, file, watch, log, stop, ended } = watching(
    t,
    yaml(job('sre-a')),
  )
  await settle()
  write(yaml(job('sre-b')))
  await clock.advance(14_999)
  t.equal(comparisons(), 1)
  await clock.advance(1)
  t.equal(comparisons(), 2)
  t.same(objects(), [`create sre-b in all of ${accountId}`])

  rmSync(file)
  await clock.advance(15_000)
  const problem = `--manifest.file: cannot read ${file}: no such file`
  t.equal(watch.state().problem, problem)
  t.same(objects(), [`create sre-b in all of ${accountId}`], 'the last result is kept')
  await clock.advance(400_000)
  const message = 'cannot compare the manifest with the live configuration; keeping the last result'
  const errors = () => log.lines.filter(({ level }) => level === 'error')
  t.same(errors(), [{ level: 'error', message, fields: { problem } }], 'said once')
  write(yaml(job('sre-c')))
  await clock.advance(15_000)
  t.equal(watch.state().problem, null)
  t.same(objects(), [`create sre-c in all of ${accountId}`])
  t.equal(log.lines.filter((line) => line.message === 'comparing the manifest works again').length, 1)

  rmSync(file)
  stop.abort()
  await ended
  t.equal(errors().length, 1, 'after the signal nobody looks at it')
})

t.test('a file that comes into being is compared as soon as it is seen', async (t) => {
  const { clock, objects, write, watch } = watching(t, null)
  await settle()
  t.match(watch.state(), { compared: null, problem: /cannot read/ })
  write(yaml(job('sre-a')))
  await clock.advance(15_000)
  t.same(objects(), [`create sre-a in all of ${accountId}`])
})

t.test('five mistakes are named, of more only the count; warnings are none', async (t) => {
  const zones = (...names: readonly string[]) =>
    yaml(zoneJob('sre-http', `zones: [${names.map((name) => JSON.stringify(name)).join(', ')}]`))
  const lost = ['1', '2', '3', '4', '5', '6', '7'].map((name) => `lost-${name}.org`)
  const { clock, write, watch, file } = watching(t, zones('quay.example', '*.nowhere.org', ...lost))
  await settle()
  const named = () =>
    (watch.state().problem ?? '').split('; ').map((text) => /no zone called "(.*?)"/.exec(text)?.[1] ?? text)
  t.match(watch.state().problem, `${file}:7:`)
  t.same(named(), [...lost.slice(0, 5), 'and 2 more'])
  write(zones(...lost.slice(0, 5)))
  await clock.advance(15_000)
  t.same(named(), lost.slice(0, 5))
  write('version: 2\n')
  await clock.advance(15_000)
  t.match(watch.state().problem, /manifest\.yaml:1:10: .*version/)
})

t.test('drift is told when the number of objects that differ changes, and named up to five', async (t) => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `sre-${name}`)
  const text = yaml(names.map((name) => job(name)).join('') + zoneJob('sre-zone'))
  const { clock, cloudflare, log } = watching(t, text)
  const told = () => log.taken().filter((line) => 'message' in line && /^drift/.test(String(line.message)))
  const isTold = (objects: number, changes: readonly string[]) => [
    {
      level: 'warn',
      message: 'drift detected: live configuration differs from the manifest',
      objects,
      changes,
    },
  ]
  await settle()
  const missing = names.map((name) => `create job ${name} in account Quay`)
  t.same(told(), isTold(7, missing.slice(0, 5)))
  await clock.advance(300_000)
  t.same(told(), [], 'what stays is not told again')
  for (const name of names) cloudflare.addJob(account, { ...live, name })
  await clock.advance(300_000)
  t.same(told(), isTold(1, ['create job sre-zone in zone quay.example']))
  cloudflare.addJob(zone, { ...live, dataset: 'http_requests', name: 'sre-zone' })
  await clock.advance(300_000)
  t.same(told(), [{ level: 'info', message: 'drift resolved: live configuration matches the manifest' }])
  await clock.advance(300_000)
  t.same(told(), [])
})

t.test('of a manifest that matches from the start nothing is told', async (t) => {
  const { cloudflare, log, objects } = watching(t, yaml(job('sre-a')))
  cloudflare.addJob(account, { ...live, name: 'sre-a' })
  await settle()
  t.same(objects(), [`none sre-a in all of ${accountId}`])
  t.same(log.lines, [])
})

t.test('what Cloudflare does not answer is the problem until it does', async (t) => {
  const { clock, watch, fail, objects, self, log } = watching(t, yaml(job('sre-a')))
  await settle()
  fail(new ApiFailure('unavailable', 'unavailable for the test', { operation: 'test' }))
  await clock.advance(300_000)
  t.equal(watch.state().problem, 'unavailable for the test')
  t.same(objects(), [`create sre-a in all of ${accountId}`], 'the last result is kept')
  t.same([...(self.pollers.get('manifest')?.failures ?? [])], [['unavailable', 1]])
  fail(null)
  await clock.advance(300_000)
  t.equal(watch.state().problem, null)
  t.ok(log.lines.some(({ message }) => message === 'comparing the manifest works again'))
  fail(new ApiFailure('aborted', 'aborted for the test', { operation: 'test' }))
  await clock.advance(300_000)
  t.equal(watch.state().problem, null, 'that it was cut short is no problem')
})

t.test('no more than four calls are under way at once', async (t) => {
  const zones = Array.from({ length: 9 }, (_, index) => ({
    ...zone,
    id: String(index).repeat(32),
    name: `zone-${index}.example`,
  }))
  const cloudflare = createFakeCloudflare({ accounts: [], zones, datasets })
  let now = 0
  let most = 0
  const listJobs: typeof cloudflare.jobs.listJobs = async (...given) => {
    now += 1
    most = Math.max(most, now)
    await settle(1)
    now -= 1
    return cloudflare.jobs.listJobs(...given)
  }
  const rest = { ...cloudflare.directory, ...cloudflare.jobs, ...cloudflare.notifications, listJobs }
  const { objects } = watching(t, yaml(zoneJob('sre-http', 'zones: all')), { deps: { rest } })
  await settle(60)
  t.equal(objects()?.length, 9)
  t.equal(most, 4)
})

t.test('an account is labelled with its name, or with its id where two bear the same', async (t) => {
  const twoFiles = {
    'a.yaml': yaml(zoneJob('sre-a')),
    'b.yaml': yaml(zoneJob('sre-b', 'zone: b.example'), other.id),
  }
  const labels = async (t: Test, name: string) => {
    const theirs = { ...zone, id: 'e'.repeat(32), name: 'b.example', account: { ...other, name } }
    const { objects } = watching(t, twoFiles, {
      accounts: [
        { id: accountId, name: 'Quay' },
        { ...other, name },
      ],
      zones: [zone, theirs],
    })
    await settle()
    return objects()?.toSorted()
  }
  t.same(await labels(t, 'Other'), [
    'create sre-a in quay.example of Quay',
    'create sre-b in b.example of Other',
  ])
  await t.test('the same', async (t) => {
    t.same(await labels(t, 'Quay'), [
      `create sre-a in quay.example of ${accountId}`,
      `create sre-b in b.example of ${other.id}`,
    ])
  })
})

t.test('zones that a declaration for many leaves out are counted', async (t) => {
  const left = { ...zone, id: 'e'.repeat(32), name: 'left.example' }
  const { watch } = watching(t, yaml(zoneJob('sre-http', 'zones: ["quay.example"]')), { zones: [zone, left] })
  await settle()
  t.same(watch.state().compared?.uncovered, [{ account: 'Quay', dataset: 'http_requests', zones: 1 }])
})

t.test('what is no trouble with the file is a bug, and ends it', async (t) => {
  let isBroken = false
  const readFile: DriftWatchDeps['io']['readFile'] = (path) => {
    if (isBroken) throw new Error('a bug')
    return readTextFile(path)
  }
  const { clock, ended } = watching(t, yaml(job('sre-a')), {
    deps: { io: { env: driftEnv, readFile } },
  })
  await settle()
  isBroken = true
  const rejected = t.rejects(ended, { message: 'a bug' })
  await clock.advance(15_000)
  await rejected
})
