import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startSimulator } from '../../src/simulator/server.ts'
import { eventually, startExporter } from '../support/exporter-process.ts'

/* Settings that cannot be right end the built program at once, with what to do; those that may become right are told. */

t.setTimeout(240_000)

const bundle = new URL('../../dist/main.js', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'wrong-settings-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const empty = join(folder, 'empty')
writeFileSync(empty, '\n')
writeFileSync(join(folder, 'manifest.yaml'), 'version: 1\naccount: { name: Quay }\nowner: sre\njobs: []\n')

/** Nothing listens there: a program that asked would end with another code. */
const nobody = '--cloudflare.base-url=http://127.0.0.1:9/client/v4'

function ran(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stderr } = spawnSync(process.execPath, [bundle, ...args, nobody], {
    env: { PATH: process.env.PATH ?? '', ...env },
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  return { code: status, text: stderr }
}

const serve = ['serve', '--web.listen-address=127.0.0.1:0', '--state.path=:memory:']
const commands: Readonly<Record<string, readonly string[]>> = {
  serve,
  check: ['check'],
  provision: ['provision', 'plan', '-f', join(folder, 'manifest.yaml')],
}

for (const [name, args] of Object.entries(commands)) {
  t.test(`${name}: a token file that is not there or empty is a usage error`, async (t) => {
    const advice = 'Put the API token into it, or leave the flag out and set CLOUDFLARE_API_TOKEN.'
    t.strictSame(ran([...args, '--cloudflare.api-token-file=/nope/token']), {
      code: 64,
      text: `logpush-exporter: --cloudflare.api-token-file: cannot read /nope/token: no such file. ${advice}\n`,
    })
    t.strictSame(ran([...args, `--cloudflare.api-token-file=${empty}`]), {
      code: 64,
      text: `logpush-exporter: --cloudflare.api-token-file: ${empty} is empty. ${advice}\n`,
    })
  })
}

t.test('serve: a state path that cannot be made is a usage error, not a loop', async (t) => {
  const args = ['serve', '--web.listen-address=127.0.0.1:0', '--state.path=/proc/x/y/ledger.db']
  t.strictSame(ran(args, { CLOUDFLARE_API_TOKEN: 'some-token-0123456789' }), {
    code: 64,
    text: 'logpush-exporter: --state.path: the folder /proc/x/y cannot be created: no such file. Name a file in a folder that this user may write, or :memory: to keep no state.\n',
  })
})

t.test(
  'serve: a filter that matches nothing is logged once and counted; nothing else is complained of',
  async (t) => {
    const simulator = await startSimulator({
      world: 'demo',
      seed: 1,
      rateLimits: { rest: { requests: 100_000, windowMs: 300_000 } },
    })
    t.teardown(() => simulator.close())
    const exporter = await startExporter(t, {
      args: [
        '--state.path=:memory:',
        `--cloudflare.base-url=${simulator.url}`,
        '--cloudflare.zones=quay.exmaple',
        '--cloudflare.zones=cdn.*',
        '--health.poll-interval=10s',
        '--inventory.poll-interval=10s',
      ],
      env: { CLOUDFLARE_API_TOKEN: simulator.token },
    })
    const scraped = await eventually(async () => {
      const text = await (await fetch(`${exporter.url}/metrics`)).text()
      return text.includes('unmatched_selectors{setting="zones"} 1') ? text : undefined
    }, 'the metric')
    t.match(scraped, 'cloudflare_logpush_exporter_unmatched_selectors{setting="accounts"} 0')
    const about = exporter.log.filter((line) => line.includes('a filter matches nothing'))
    t.equal(about.length, 1)
    t.match(about[0], '"setting":"--cloudflare.zones","entry":"quay.exmaple","did_you_mean":"quay.example"')
    // Each reload hurries the polls: listeners that a cycle left behind would add up to a warning.
    for (let n = 0; n < 15; n += 1) {
      exporter.signal('SIGHUP')
      await eventually(
        async () => (exporter.log.filter((line) => line.includes('reload')).length > n ? true : undefined),
        'a reload',
      )
    }
    exporter.signal('SIGTERM')
    t.equal(await exporter.ended, 0)
    t.strictSame(
      exporter.log.filter((line) => !line.startsWith('{')),
      [],
      'every line is one of the log: Node itself has warned of nothing',
    )
  },
)
