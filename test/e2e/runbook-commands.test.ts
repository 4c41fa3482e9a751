import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { findAlertPrograms, startAlertChain } from '../../src/commands/demo/alert-chain.ts'
import { startProgram } from '../../src/runtime/child-program.ts'
import { createSystemClock } from '../../src/runtime/system-clock.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { eventually, startExporter } from '../support/exporter-process.ts'
import { startFakePagerDuty } from '../support/fake-pagerduty.ts'
import { printedCommands } from '../support/printed-commands.ts'
import { sampleValue, scrape } from '../support/scrape.ts'

/* Every command of every runbook, as it stands there, against the demo's world and real programs. */

t.setTimeout(240_000)

const folder = 'alerts/runbooks'
const bundle = new URL('../../dist/main.js', import.meta.url).pathname
const found = findAlertPrograms(process.env.PATH)
const missing = ['jq', 'curl', 'promtool', 'amtool'].filter(
  (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0,
)

/** The commands of a runbook's blocks; its variables are set by the test. */
function commandsOf(file: string): readonly string[] {
  return printedCommands(join(folder, file))
    .filter(({ block, text }) => block !== null && !text.startsWith('export '))
    .map(({ text }) => text)
}

/** Asynchronously: the simulator that the commands ask lives in this process. */
function shell(
  command: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-o', 'pipefail', '-c', command],
      { cwd, env, timeout: 60_000 },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` }),
    )
  })
}

t.test(
  'every command of every runbook runs',
  { skip: !found.ok || missing.length > 0 ? 'prometheus, alertmanager, jq or curl is not installed' : false },
  async (t) => {
    if (!found.ok) return
    const home = mkdtempSync(join(tmpdir(), 'runbooks-'))
    t.teardown(async () => rmSync(home, { recursive: true, force: true }))
    const simulator = await startSimulator({ world: 'demo' })
    t.teardown(() => simulator.close())
    const pagerDuty = await startFakePagerDuty()
    t.teardown(() => pagerDuty.close())
    writeFileSync(join(home, 'webhook-secret'), 'not-a-real-secret')
    const exporter = await startExporter(t, {
      args: [
        `--cloudflare.base-url=${simulator.url}`,
        '--state.path=:memory:',
        '--health.poll-interval=2s',
        '--inventory.poll-interval=2s',
        `--notifications.webhook-secret-file=${join(home, 'webhook-secret')}`,
      ],
      env: { CLOUDFLARE_API_TOKEN: simulator.token },
    })
    const chain = await startAlertChain({
      programs: found.programs,
      startProgram,
      target: new URL(exporter.url).host,
      metricsPath: '/metrics',
      pagerDutyUrl: pagerDuty.url,
      factor: 120,
      clock: createSystemClock(),
      signal: new AbortController().signal,
    })
    t.teardown(() => chain.stop())

    const job = simulator.world.job('registry-http-s3')
    const [account] = simulator.world.accounts()
    mkdirSync(join(home, 'bin'))
    writeFileSync(
      join(home, 'bin', 'logpush-exporter'),
      `#!/bin/sh\nexec "${process.execPath}" "${bundle}" "$@"\n`,
    )
    chmodSync(join(home, 'bin', 'logpush-exporter'), 0o755)
    writeFileSync(join(home, 'new-token'), simulator.token)
    writeFileSync(
      join(home, 'manifest.yaml'),
      [
        'version: 1',
        `account: { id: ${account?.id} }`,
        'owner: runbook',
        'jobs:',
        '  - name: runbook-audit-logs',
        '    scope: account',
        '    dataset: audit_logs_v2',
        `    destination: { r2: { bucket: audit, path: "{DATE}", account_id: "${account?.id}", access_key_id: key, secret_access_key: "\${env:R2_SECRET}" } }`,
      ].join('\n'),
    )
    const env = {
      PATH: `${join(home, 'bin')}:${process.env.PATH}`,
      HOME: home,
      EXPORTER: exporter.url,
      PROMETHEUS: chain.prometheus,
      ALERTMANAGER: chain.alertmanager,
      CLOUDFLARE_BASE_URL: simulator.url,
      LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: simulator.url,
      CLOUDFLARE_API_TOKEN: simulator.token,
      JOB_ID: String(job.id),
      SCOPE: `${job.scope.kind}s/${job.scope.id}`,
      R2_SECRET: 'not-a-real-secret',
    }
    const ready = await shell('logpush-exporter provision apply -f manifest.yaml --yes', home, env)
    t.equal(ready.code, 0, ready.output)
    await eventually(
      async () =>
        sampleValue(await scrape(`${exporter.url}/metrics`), 'cloudflare_logpush_job_failing', {
          job_id: env.JOB_ID,
        }),
      'the job on /metrics',
    )

    const files = readdirSync(folder).filter((name) => name.endsWith('.md'))
    const commands = [...new Set(files.flatMap(commandsOf))]
    for (const command of commands) {
      const { code, output } = await shell(command, home, env)
      t.equal(code, 0, `${command}\n${output}`)
      if (command.includes('jq')) t.notMatch(output, /^null$/m, command)
    }
    t.comment(`${commands.length} different commands in ${files.length} runbooks`)
    t.ok(commands.length > 15)
  },
)
