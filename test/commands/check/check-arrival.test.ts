import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { CheckReport } from '../../../src/commands/check/report-shape.ts'
import { exitCode } from '../../../src/errors.ts'
import { startSimulator, storePath } from '../../../src/simulator/server.ts'
import { openFolderStore } from '../../../src/simulator/store/folder-store.ts'
import { accountScope, buildWorld, zoneScope } from '../../../src/simulator/world/world-builder.ts'
import { logFileKey, minute } from '../../support/log-files.ts'
import { startFake } from '../../support/object-stores.ts'
import { runCheck } from '../../support/run-check.ts'

Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'any',
  AWS_SECRET_ACCESS_KEY: 'any',
  AWS_REGION: 'us-east-1',
})

/** Four jobs: one that is written to, one in a bucket that denies, one in a missing bucket, one that no rule names. */
async function checked(t: Pick<typeof import('tap').default, 'teardown' | 'testdir'>) {
  const directory = t.testdir()
  const folder = await openFolderStore(join(directory, 'store'))
  const world = buildWorld(7)
  const account = world.account('Quay')
  const zone = zoneScope(world.zone('quay.example', account))
  const conf = (bucket: string): string => `s3://${bucket}/http/{DATE}?region=us-east-1`
  world.job({ scope: zone, name: 'good', enabled: false, destinationConf: conf('quay-good') })
  world.job({ scope: zone, name: 'denied', destinationConf: conf('quay-denied') })
  // Disabled, as the first: when a minute passes meanwhile, a push would make the bucket.
  world.job({
    scope: accountScope(account),
    name: 'missing',
    enabled: false,
    destinationConf: conf('quay-missing'),
  })
  world.job({ scope: zone, name: 'other', destinationConf: conf('quay-other') })
  world.job({ scope: zone, name: 'records', destinationConf: 'https://es.example/?header_Key=x' })
  const sim = await startSimulator({ world: world.spec(), folder })
  t.teardown(sim.close)
  const now = Date.now()
  await folder.put('quay-good', logFileKey('http', now - 2 * minute, now - minute), 'x', {
    scheme: 's3',
    host: 'quay-good',
  })
  const denied = await startFake((_request, response) => {
    response.writeHead(403, { 'content-type': 'application/xml' })
    response.end('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')
  })
  t.teardown(denied.stop)
  let counts = 0
  const elastic = await startFake((_request, response) => {
    counts += 1
    response.end(JSON.stringify({ count: 77 }))
  })
  t.teardown(elastic.stop)
  const config = join(directory, 'exporter.yaml')
  const endpoint = `${sim.origin}${storePath}`
  writeFileSync(
    config,
    `arrival:
  - { match: { job_name: good }, read: { s3: { endpoint: "${endpoint}" } } }
  - { match: { job_name: denied }, read: { s3: { endpoint: "${denied.endpoint}" } } }
  - { match: { job_name: missing }, read: { s3: { endpoint: "${endpoint}" } } }
  - { match: { job_name: records }, read: { elastic: { url: "${elastic.endpoint}", index: logs } } }
`,
  )
  const run = (...argv: readonly string[]) =>
    runCheck(sim.url, sim.token, [`--config.file=${config}`, ...argv])
  return { run, now, elastic: elastic.endpoint, counts: () => counts }
}

t.test('each job whose destination is to be read is tried, and the missing right is named', async (t) => {
  const { run, now, elastic, counts } = await checked(t)
  const { code, lines } = await run()
  t.equal(code, exitCode.failure)
  const text = lines.join('\n')
  const newest = new Date(now - minute).toISOString().slice(0, 16).replace('T', ' ')
  const from = text.indexOf('JOB ')
  t.equal(
    text.slice(from),
    `JOB                          DESTINATION                    READING
missing (account Quay)       s3://quay-missing/http/{DATE}  FAILED
good (zone quay.example)     s3://quay-good/http/{DATE}     works, newest file ends ${newest} UTC
denied (zone quay.example)   s3://quay-denied/http/{DATE}   NOT PERMITTED
records (zone quay.example)  ${`${elastic}/logs`.padEnd(29)}  works, 77 records in the last hour
1 job not read: no rule under arrival names them, or they have no files

These destinations cannot be read:
  cannot list s3://quay-missing/http/{DATE}: no such bucket or container (NoSuchBucket, status 404); check the bucket in the destination: missing
  cannot list s3://quay-denied/http/{DATE}: access denied (AccessDenied, status 403); grant s3:ListBucket on the bucket to the credentials in use: denied

Some destinations cannot be read: what gets lost there would go unnoticed.`,
  )
  t.equal(counts(), 1, 'one call a place')
})

t.test('as JSON, with the right by itself', async (t) => {
  const { run } = await checked(t)
  const { arrival, ok }: CheckReport = JSON.parse((await run('--output=json')).lines.join('\n'))
  t.equal(ok, false)
  t.same(
    arrival?.map(({ job, state, right, found }) => [job, state, right, found]),
    [
      ['missing', 'failed', null, null],
      ['good', 'works', null, 1],
      ['denied', 'missing', 's3:ListBucket on the bucket', null],
      ['other', 'not_watched', null, null],
      ['records', 'works', null, 77],
    ],
  )
})
