import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { textWidth } from '../../src/domain/text-width.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { accountScope, buildWorld } from '../../src/simulator/world/world-builder.ts'
import { ctrlC, ctrlD, inTerminal, type Seen, type Sitting } from './in-terminal.ts'

/*
 * Every command as a person runs it in a terminal, one after another against one simulated account, and what has to
 * stand on the screen then.
 */

/** East Asian characters are two columns wide. */
const account = 'Quay 運用'

const manifest = `version: 1
account: { name: ${account} }
owner: sre
jobs:
  - name: sre-http
    zone: quay.example
    dataset: http_requests
    destination: { splunk: { host: "splunk.example.com:8088", channel: 0f0f0f0f-0000-4000-8000-000000000000, sourcetype: cloudflare, token: "\${env:HEC}" } }
  - name: sre-audit
    scope: account
    dataset: audit_logs_v2
    destination: { splunk: { host: "splunk.example.com:8088", channel: 0f0f0f0f-0000-4000-8000-000000000001, sourcetype: cloudflare, token: "\${env:HEC}" } }
notifications:
  webhooks: [{ name: sre-exporter, url: "https://exporter.example.com/hook", secret: "\${env:HOOK}" }]
  policies: [{ name: sre-disabled, alert: failing_logpush_job_disabled_alert, email: [sre@example.com], webhooks: [sre-exporter] }]
`

const bucket = `version: 1
account: { name: ${account} }
owner: sre
jobs:
  - name: sre-dns
    zone: quay.example
    dataset: dns_logs
    destination: { s3: { bucket: quay-logs, path: dns, region: us-east-1 } }
`

const terraform = {
  version: 4,
  terraform_version: '1.11.4',
  resources: [
    {
      mode: 'managed',
      type: 'cloudflare_logpush_job',
      name: 'http',
      provider: 'provider["registry.terraform.io/cloudflare/cloudflare"]',
      instances: [
        {
          attributes: {
            id: 4711,
            zone_id: '0123456789abcdef0123456789abcdef',
            account_id: null,
            name: 'http',
            dataset: 'http_requests',
            destination_conf: 's3://quay-logs/http?region=us-east-1',
            enabled: true,
          },
        },
      ],
    },
  ],
}

interface Step extends Pick<Sitting, 'args' | 'typed'> {
  readonly code?: number
  /** What has to stand on the screen. */
  readonly shows: readonly (string | RegExp)[]
  /** Whether the layout goes with the width; the text of the others is the same everywhere. */
  readonly fitted?: boolean
}

const yes = { after: 'to continue: ', keys: 'yes\n' }

const steps: Readonly<Record<string, Step>> = {
  demo: {
    args: ['demo', '--listen=127.0.0.1:0'],
    typed: [{ after: 'Ctrl-C', keys: ctrlC }],
    shows: [/status page +http:\/\/127\.0\.0\.1:\d+\//, /metrics +http:\/\/127\.0\.0\.1:\d+\/metrics/],
  },
  'demo --once': {
    args: ['demo', '--once'],
    shows: [/^# HELP cloudflare_logpush_job_info /, /\ncloudflare_logpush_exporter_build_info\{/],
  },
  serve: {
    args: [
      'serve',
      '--web.listen-address=127.0.0.1:0',
      '--state.path=:memory:',
      '--health.initial-lookback=5m',
    ],
    typed: [{ after: 'listening', keys: ctrlC }],
    shows: [/^\[\d\d:\d\d:\d\dZ\] INFO: listening address=127\.0\.0\.1:\d+/, 'INFO: shutting down'],
  },
  check: { args: ['check'], fitted: true, shows: [`account ${account}`, 'zone quay.example'] },
  'provision validate': {
    args: ['provision', 'validate', '-f', 'manifest.yaml'],
    shows: ['2 jobs, 1 webhook, 1 policy'],
  },
  'provision fields': {
    args: ['provision', 'fields', 'http_requests', '--zone=quay.example'],
    shows: ['ClientIP'],
  },
  'provision schema': { args: ['provision', 'schema'], shows: ['"$schema"'] },
  'provision plan': {
    args: ['provision', 'plan', '-f', 'manifest.yaml'],
    shows: [`+ create job sre-audit in account ${account}`, 'Plan: 4 to create'],
  },
  'provision apply, Ctrl-D at the question': {
    args: ['provision', 'apply', '-f', 'manifest.yaml'],
    typed: [{ after: 'to continue: ', keys: ctrlD }],
    code: 1,
    fitted: true,
    shows: [/to continue:\nNothing was changed\.\n$/],
  },
  'provision apply': {
    args: ['provision', 'apply', '-f', 'manifest.yaml'],
    typed: [yes],
    fitted: true,
    shows: [
      'Apply this plan? Type "yes" to continue: yes',
      '✔ create job sre-http (zone quay.example): done',
      `✔ create job sre-audit (account ${account}): done`,
      /\nApplied: 4 created\.\n$/,
    ],
  },
  'provision plan, nothing to do': {
    args: ['provision', 'plan', '-f', 'manifest.yaml'],
    shows: [/^No changes: 4 /],
  },
  'provision apply, with the log asked for': {
    args: [
      'provision',
      'apply',
      '-f',
      'manifest.yaml',
      '--rotate=sre-exporter',
      '--yes',
      '--log.format=pretty',
    ],
    fitted: true,
    shows: [
      /\[\d\d:\d\d:\d\dZ\] INFO: provision write audit=true action=update kind=webhook name=sre-exporter/,
    ],
  },
  'provision export': { args: ['provision', 'export'], shows: ['version: 1', '- name: sre-audit'] },
  'provision import': {
    args: ['provision', 'import', 'terraform.tfstate'],
    shows: ['name: http', 'bucket: quay-logs'],
  },
  'provision ownership request': {
    args: ['provision', 'ownership', 'request', '-f', 'bucket.yaml'],
    typed: [yes],
    fitted: true,
    shows: ['Make Cloudflare write 1 challenge file?', 's3://quay-logs/dns/', 'ownership confirm'],
  },
  'provision ownership confirm': {
    args: ['provision', 'ownership', 'confirm', '-f', 'bucket.yaml', '--token-file=challenge.txt'],
    shows: ['challenge.txt: verifies s3://quay-logs/dns?region=us-east-1 in zone quay.example until '],
  },
  'provision pagerduty list': {
    args: ['provision', 'pagerduty', 'list'],
    shows: ['SRE primary'],
  },
  'provision destroy, no': {
    args: ['provision', 'destroy', '-f', 'manifest.yaml'],
    typed: [{ after: 'to continue: ', keys: 'no\n' }],
    code: 1,
    fitted: true,
    shows: [/Type "yes" to continue: no\nNothing was changed\.\n$/],
  },
  'provision destroy': {
    args: ['provision', 'destroy', '-f', 'manifest.yaml'],
    typed: [yes],
    fitted: true,
    shows: ['✔ delete webhook sre-exporter', /\nApplied: 4 deleted\.\n$/],
  },
  'a flag that is not there': {
    args: ['check', '--cloudflare.zone=quay.example'],
    code: 64,
    shows: ['--cloudflare.zone: unknown flag; did you mean --cloudflare.zones?'],
  },
}

/** Runs them all at each width, and compares what does not go with the width. */
export async function everyCommand(t: Test, node: string, widths: readonly number[]): Promise<void> {
  const { folder, env } = await startWorld(t)
  const texts = new Map<string, string>()
  for (const columns of widths) {
    for (const [name, step] of Object.entries(steps)) {
      await t.test(`${name}, ${columns} columns`, async (t) => {
        const seen = await inTerminal({ ...step, node, columns, env, cwd: folder })
        t.equal(seen.code, step.code ?? 0, 'exit code', { screen: seen.lines })
        // Where a line broke at the edge, it is whole again.
        const whole = seen.unwrapped.join('\n')
        for (const part of step.shows) t.match(whole, part)
        neat(t, seen, whole)
        if (name === 'check') withinEdges(t, seen, columns)
        const known = texts.get(name) ?? whole
        texts.set(name, known)
        if (step.fitted !== true && step.typed === undefined && name !== 'demo --once')
          t.equal(timeless(whole), timeless(known), 'the same text at every width')
      })
    }
  }
}

/** What nobody should ever see. */
function neat(t: Test, { raw, lines }: Seen, whole: string): void {
  t.notMatch(whole, /is a bug|^\s+at .+:\d+:\d+\)?$|undefined|NaN|\[object /m)
  t.notMatch(raw, /canary/, 'no secret')
  // What was drawn while it ran is gone; what stands there stands there once.
  t.notMatch(whole, /^… |\d of \d+ done$/m)
  const marks = lines.filter((line) => /^[✔✖✋–] /.test(line))
  t.equal(new Set(marks).size, marks.length, 'each step once')
  // The terminal itself shows the key that ended it.
  t.match(lines.at(-1), /^(\^C)?$/, "the shell's prompt begins a line of its own")
}

/** No line is broken inside a word, but for words that are wider than the terminal. */
function withinEdges(t: Test, { unwrapped }: Seen, columns: number): void {
  const room = columns === 0 ? 80 : columns
  for (const line of unwrapped) {
    const longest = Math.max(...line.split(' ').map(textWidth))
    t.ok(textWidth(line) <= room || longest > room - 6, line)
  }
}

function timeless(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
}

async function startWorld(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'terminal-'))
  const built = buildWorld(17)
  const owner = built.account(account)
  built.zone('quay.example', owner)
  built.zone('a-zone-with-a-rather-long-name.cdn.quay.example', owner)
  built.pagerduty(owner, 'SRE primary')
  built.job({ scope: accountScope(owner), name: 'theirs' })
  const sim = await startSimulator({
    world: built.spec(),
    objectStore: { put: (_bucket, _key, body) => writeFileSync(join(folder, 'challenge.txt'), body) },
    rateLimits: { rest: { requests: 100_000, windowMs: 300_000 } },
  })
  t.teardown(async () => {
    await sim.close()
    rmSync(folder, { recursive: true, force: true })
  })
  mkdirSync(join(folder, 'cache'))
  writeFileSync(join(folder, 'manifest.yaml'), manifest)
  writeFileSync(join(folder, 'bucket.yaml'), bucket)
  writeFileSync(join(folder, 'terraform.tfstate'), JSON.stringify(terraform))
  const env = {
    CLOUDFLARE_API_TOKEN: sim.token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url,
    XDG_CACHE_HOME: join(folder, 'cache'),
    HEC: 'canary-hec-token',
    HOOK: 'canary-hook-secret',
  }
  return { folder, env }
}
