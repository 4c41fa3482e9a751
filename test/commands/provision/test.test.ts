import t from 'tap'
import { plainManifest, provisionWorld } from '../../support/provision-world.ts'

/* `provision test` and `rotate`: what is asked of Cloudflare about destinations, and how its answers are told. */

// The simulator and the program in one process: slow on a busy machine.
t.setTimeout(240_000)

const bucket = (name: string, dataset: string) => `  - name: ${name}
    scope: account
    dataset: ${dataset}
    destination: { gcs: { bucket: quay-logs, path: ${name} } }
`
const withBuckets = plainManifest.replace(
  'notifications:',
  `${bucket('sre-dns', 'gateway_dns')}${bucket('sre-web', 'gateway_http')}notifications:`,
)

const fault = (operation: string, status: number) =>
  ({ operation, effect: { kind: 'status', status }, count: 1 }) as const

t.test(
  'as JSON each destination has its state, its jobs, where it is, and the reason if there is one',
  async (t) => {
    const { run, sim } = await provisionWorld(t)
    const fine = await run('test', ['-o', 'json'])
    t.equal(fine.code, 0)
    t.match(fine.stdout, /^\[\n {2}\{\n {4}"state": "writable",\n/)
    t.strictSame(JSON.parse(fine.stdout), [
      {
        state: 'writable',
        jobs: ['sre-audit'],
        scope: 'account Quay',
        destination:
          'datadog://http-intake.logs.datadoghq.eu/api/v2/logs?header_DD-API-KEY=***&ddsource=cloudflare',
        reason: null,
      },
      {
        state: 'writable',
        jobs: ['sre-worker'],
        scope: 'account Quay',
        destination:
          'splunk://hec.example.com:8088/services/collector/raw?channel=***&insecure-skip-verify=false&sourcetype=cf&header_Authorization=***',
        reason: null,
      },
    ])
    sim.faults.add(fault('validate_destination', 400))
    const one = await run('test', ['-o', 'json', '--parallel=1'])
    t.equal(one.code, 1, 'one that cannot be written to is enough')
    t.match(JSON.parse(one.stdout), [
      { state: 'refused', reason: /./ },
      { state: 'writable', reason: null },
    ])
  },
)

t.test('that Cloudflare did not answer is not that it cannot write', async (t) => {
  const { run, sim } = await provisionWorld(t)
  sim.faults.add({ operation: 'validate_destination', effect: { kind: 'status', status: 403 } })
  const { code, stdout } = await run('test', ['sre-worker'])
  t.equal(code, 1)
  t.match(stdout, /^unknown +sre-worker +account Quay +splunk:\/\/.*: .*403/)
})

t.test('challenges are asked for only where Cloudflare requires them and can write', async (t) => {
  const { run, sim, write } = await provisionWorld(t)
  const asked = () => sim.requests.count('request_challenge')
  const none = await run('test', ['--challenge'])
  t.equal(none.code, 0, 'none of these destinations needs one: nobody is asked')
  write(withBuckets)
  const no = await run('test', ['--challenge'], { answer: 'no' })
  t.match(no, { code: 1, stdout: '' })
  t.match(
    no.stderr,
    'Make Cloudflare write 2 challenge files? Type "yes" to continue: Nothing was changed.\n',
  )
  t.equal(asked(), 0)
  sim.faults.add(fault('validate_destination', 400))
  const one = await run('test', ['sre-dns', 'sre-web', '--challenge', '--parallel=1'], { answer: 'yes' })
  t.match(one.stderr, 'Make Cloudflare write 1 challenge file?')
  t.match(one, { code: 1, stdout: /^refused +sre-dns .*: .*\nwritable +sre-web / })
  t.equal(asked(), 1)
})

t.test('a challenge that was not written counts against its destination alone', async (t) => {
  const { run, sim } = await provisionWorld(t, withBuckets)
  const test = () => run('test', ['sre-dns', 'sre-web', '--challenge', '--yes', '-o', 'json'])
  sim.faults.add(fault('request_challenge', 400))
  t.match(JSON.parse((await test()).stdout), [
    { state: 'refused', jobs: ['sre-dns'], reason: /challenge/ },
    { state: 'writable', jobs: ['sre-web'], reason: null },
  ])
  sim.faults.add(fault('request_challenge', 403))
  const unknown = await test()
  t.equal(unknown.code, 1)
  t.match(JSON.parse(unknown.stdout), [{ state: 'unknown', reason: /challenge/ }, { state: 'writable' }])
})

t.test('rotate asks before it sends, and tries the destinations first', async (t) => {
  const { run, sim } = await provisionWorld(t)
  t.equal((await run('apply', ['--yes', '--offline'])).code, 0)
  const no = await run('rotate', ['sre-audit'], { answer: 'no' })
  t.equal(no.code, 1)
  t.match(no.stderr, 'Send these secrets again? Type "yes" to continue: Nothing was changed.\n')
  t.equal(sim.requests.count('validate_destination'), 1)
  t.equal(sim.requests.count('update_job'), 0)
  t.match(await run('rotate', ['sre-hook', '--yes']), { code: 0, stdout: /Applied: 1 updated\.\n$/ })
})

t.test('rotate takes over a live object that says so, and makes none', async (t) => {
  const { run, sim, write } = await provisionWorld(t)
  write(plainManifest.replace('name: sre-audit', 'name: theirs\n    adopt: true'))
  t.match(await run('rotate', ['theirs', '--yes', '--force', 'destination']), {
    code: 0,
    stdout: /Applied: 1 adopted\.\n$/,
  })
  t.match(await run('rotate', ['sre-worker', '--yes']), {
    code: 1,
    stderr:
      /rotate sends secrets of live objects only, and an apply would create job sre-worker; run apply first, or leave it out\n$/,
  })
  t.match(await run('rotate', ['--yes']), {
    code: 64,
    stderr: "logpush-exporter: rotate: name a job or webhook, or a glob such as 'sre-*'\n",
  })
  t.equal(sim.requests.count('create_job'), 0)
})
