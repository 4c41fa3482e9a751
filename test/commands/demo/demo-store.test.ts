import { readdirSync } from 'node:fs'
import t from 'tap'
import { anyKeys, demoArrival, openDemoStore, storeHistoryMs } from '../../../src/commands/demo/demo-store.ts'

/* The buckets of the demo, and how they are read. */

t.test('the buckets are a folder for temporary files, which goes with all that is in it', async (t) => {
  const { TMPDIR } = process.env
  const folder = t.testdir()
  process.env.TMPDIR = folder
  t.teardown(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  })
  const { store, remove } = await openDemoStore()
  t.match(readdirSync(folder), [/^logpush-demo-/])
  await store.put('quay-logs', 'http/a.log', 'x', { scheme: 's3', host: 'quay-logs' })
  t.strictSame(await store.buckets(), ['quay-logs'])
  await remove()
  t.strictSame(readdirSync(folder), [])
  await remove()
})

t.test('buckets of S3 and R2 are read where the simulator serves them, twenty minutes back', async (t) => {
  const rest = { intervalMs: 10_000, tolerance: 0.98, lateWindowMs: 20 * 60_000 }
  const endpoint = 'http://127.0.0.1:1234/__sim/s3'
  t.strictSame(demoArrival('http://127.0.0.1:1234'), [
    { match: { destinationType: 's3' }, read: { kind: 's3', endpoint }, ...rest },
    { match: { destinationType: 'r2' }, read: { kind: 'r2', endpoint }, ...rest },
  ])
  t.equal(storeHistoryMs, 25 * 60_000, 'more than is looked at')
  t.strictSame(anyKeys, { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' })
})
