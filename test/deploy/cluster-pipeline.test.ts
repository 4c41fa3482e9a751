import t from 'tap'
import { runCronJob, runTekton } from '../support/pipelines/cluster.ts'
import { manifest, reviewWorld, secretKey, wrongDataset } from '../support/pipelines/review-world.ts'

/*
 * The Tekton task and the CronJob, run as printed against a simulated Cloudflare.
 */

t.test(
  'Tekton: a preview needs no secret, a plan is saved, and apply carries out exactly that',
  async (t) => {
    const { site, token, liveJobs, push } = await reviewWorld(t)
    const inEnvironment = manifest.replace('file:secrets/', 'env:')
    push(inEnvironment)
    const machine = site.machine()
    const cloudflare = { token: { 'api-token': token } }
    const secrets = {
      ...cloudflare,
      'logpush-secrets': { R2_ACCESS_KEY_ID: 'AKID', R2_SECRET_ACCESS_KEY: secretKey },
    }
    const params = { revision: 'abc' }
    const preview = await runTekton(machine, 'logpush-preview', cloudflare)
    t.match(preview, { code: 0, changes: 'true', output: /### Plan: 1 to create/ })
    t.match(await runTekton(machine, 'logpush-plan', secrets, params), { code: 0, changes: 'true' })
    t.strictSame(await liveJobs(), [])
    const apply = await runTekton(machine, 'logpush-apply', secrets, params)
    t.match(apply, { code: 0, changes: 'false' }, apply.output)
    t.match(await liveJobs(), [{ destination_conf: new RegExp(`secret-access-key=${secretKey}$`) }])
    t.match(await runTekton(machine, 'logpush-plan', secrets, { revision: 'def' }), {
      code: 0,
      changes: 'false',
    })
    const late = await runTekton(machine, 'logpush-apply', secrets, params)
    t.match(late, { code: 1, output: /the live configuration has changed since the plan was made/ })

    const unset = await runTekton(machine, 'logpush-plan', cloudflare, params)
    t.match(unset, {
      code: 65,
      changes: 'false',
      output: /the environment variable R2_ACCESS_KEY_ID is not set/,
    })
    push(inEnvironment.replace('dataset:', 'dataste:'))
    const wrong = await runTekton(site.machine(), 'logpush-preview', cloudflare)
    t.match(wrong, { code: 65, output: wrongDataset })
  },
)

t.test(
  'CronJob: the manifest is applied with both kinds of secrets, and a missing one fails the Job by name',
  async (t) => {
    const { site, token, liveJobs, push } = await reviewWorld(t)
    push(manifest.replace('file:secrets/', 'file:'))
    const cloudflare = { 'logpush-provision-cloudflare': { 'api-token': token } }
    const env = { 'logpush-provision-env': { R2_ACCESS_KEY_ID: 'AKID' } }
    const files = { 'logpush-provision-files': { R2_SECRET_ACCESS_KEY: secretKey } }
    const unset = await runCronJob(site.machine(), { ...cloudflare, ...env })
    t.match(unset, {
      code: 65,
      output: /\$\{file:R2_SECRET_ACCESS_KEY\}: cannot read R2_SECRET_ACCESS_KEY: no such file/,
    })
    t.strictSame(await liveJobs(), [])
    for (const run of ['the first', 'one that finds nothing to do']) {
      const applied = await runCronJob(site.machine(), { ...cloudflare, ...env, ...files })
      t.equal(applied.code, 0, `${run}: ${applied.output}`)
    }
    t.match(await liveJobs(), [{ destination_conf: new RegExp(`secret-access-key=${secretKey}$`) }])
  },
)
