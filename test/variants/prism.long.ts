import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { eventually, startExporter } from '../support/exporter-process.ts'
import { installPrism, officialDescription, startPrism } from '../support/prism.ts'
import { scrape } from '../support/scrape.ts'

/*
 * An independent judge: the official description of the API, served by Prism with its own examples (static) and with
 * values drawn from its schemas (dynamic). Its answers make little sense together, so nothing is counted here. What must
 * hold is that the program takes them: no crash, no hang, no secret, and each bad answer one failure with a class.
 */

t.setTimeout(1_200_000)

const description = officialDescription()
const bundle = new URL('../../dist/main.js', import.meta.url).pathname
const accountId = '023e105f4ecef8ad9ca31a8372d0c353'
const canary = 'canary-token-0123456789abcdef0123456789abcd'

const manifest = `version: 1
account: { id: ${accountId} }
owner: sre
jobs:
  - name: sre-audit
    scope: account
    dataset: audit_logs_v2
    destination: { r2: { bucket: quay-logs, path: "{DATE}", account_id: 0123456789abcdef0123456789abcdef, access_key_id: AKID, secret_access_key: "\${env:R2_SECRET}" } }
    output: { fields: all }
notifications:
  policies: [{ name: sre-disabled, alert: failing_logpush_job_disabled_alert, email: [sre@example.com] }]
`

interface Run {
  readonly code: number | null
  readonly text: string
}

/** The built program; null for its code when it did not end in time. */
function run(url: string, argv: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bundle, ...argv, `--cloudflare.base-url=${url}`], {
      env: { PATH: process.env.PATH ?? '', CLOUDFLARE_API_TOKEN: canary, R2_SECRET: `${canary}-r2` },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += String(chunk)
      })
    const timer = setTimeout(() => child.kill('SIGKILL'), 150_000)
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve({ code, text })
    })
  })
}

const isBug = /\bat .*\.(js|ts):\d+|TypeError|internal error in|this is a bug/i

if (description === null)
  t.test('Prism', { skip: 'the official description is not here; CLOUDFLARE_OPENAPI names it' }, () => {})
else {
  const installed = installPrism()
  if ('reason' in installed) t.test('Prism', { skip: installed.reason }, () => {})
  else
    for (const dynamic of [false, true]) {
      const mode = dynamic ? 'dynamic' : 'static'
      t.test(
        `${mode} answers of the official description are taken or refused, each with a class`,
        async (t) => {
          const prism = await startPrism(t, { program: installed.program, description, dynamic })
          const folder = mkdtempSync(join(tmpdir(), 'prism-'))
          t.teardown(async () => rmSync(folder, { recursive: true }))
          const file = join(folder, 'manifest.yaml')
          writeFileSync(file, manifest)

          const check = await run(prism.url, ['check'])
          t.comment(`check ${mode}: exit code ${check.code}\n${check.text}`)
          t.ok(check.code === 0 || check.code === 1, `check ends with ${check.code}`)
          t.match(check.text, /^Zones +\S/m, 'with a table')

          const plan = await run(prism.url, ['provision', 'plan', '-f', file])
          t.comment(`plan ${mode}: exit code ${plan.code}\n${plan.text}`)
          t.ok(plan.code !== null && plan.code <= 65, `plan ends with ${plan.code}`)
          t.ok(plan.code !== 0 || /^Plan: /m.test(plan.text), 'a plan, or a failure that says why')
          if (!dynamic) t.match(plan.text, /^Plan: /m, 'the examples make a plan')

          const exporter = await startExporter(t, {
            args: [
              `--cloudflare.base-url=${prism.url}`,
              '--state.path=:memory:',
              ...['health', 'inventory', 'discovery'].map((name) => `--${name}.poll-interval=1s`),
            ],
            env: { CLOUDFLARE_API_TOKEN: canary },
          })
          const polls = async (): Promise<number> =>
            (await scrape(`${exporter.url}/metrics`))
              .filter(({ name }) => name === 'cloudflare_logpush_exporter_polls_total')
              .reduce((sum, { value }) => sum + value, 0)
          await eventually(async () => ((await polls()) >= 2 ? true : undefined), 'two polls', 120)
          const samples = await scrape(`${exporter.url}/metrics`)
          const failures = samples.filter(
            ({ name, value }) => name === 'cloudflare_logpush_exporter_poll_failures_total' && value > 0,
          )
          t.comment(
            `serve ${mode}: ${failures.map(({ labels, value }) => `${labels.poller} ${labels.kind} ${value}`).join(', ')}`,
          )
          t.strictSame(
            failures.filter(({ labels }) => labels.kind === undefined || labels.kind === ''),
            [],
            'each failure has a class',
          )
          t.ok(prism.answered() > 10, `${prism.answered()} requests`)
          exporter.signal('SIGTERM')
          t.equal(await exporter.ended, 0, 'serve ends by itself')
          for (const [what, text] of [
            ['check', check.text],
            ['plan', plan.text],
            ['serve', exporter.log.join('\n')],
          ] as const) {
            t.notMatch(text, isBug, `${what} shows no bug`)
            t.notMatch(text, /canary/, `${what} shows no secret`)
          }
        },
      )
    }
}
