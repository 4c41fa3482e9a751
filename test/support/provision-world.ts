import { writeFileSync } from 'node:fs'
import { startSimulator } from '../../src/simulator/server.ts'
import { accountScope, buildWorld } from '../../src/simulator/world/world-builder.ts'
import { type ProvisionSetting, runProvision } from './run-provision.ts'

/** Two jobs whose destinations need no challenge, and a webhook. */
export const plainManifest = `version: 1
account: { name: Quay }
owner: sre
jobs:
  - name: sre-audit
    scope: account
    dataset: audit_logs
    destination: { datadog: { site: datadoghq.eu, api_key: "\${env:DATADOG}" } }
  - name: sre-worker
    scope: account
    dataset: workers_trace_events
    destination: { splunk: { host: "hec.example.com:8088", channel: c, sourcetype: cf, token: "\${env:HEC}" } }
    output: { fields: [Outcome, ScriptName] }
notifications:
  webhooks: [{ name: sre-hook, url: "https://exporter.example.com/hook", secret: "\${env:HOOK}" }]
`

const secrets = {
  DATADOG: 'canary-datadog',
  HEC: 'canary-hec',
  HOOK: 'canary-hook',
  COLLECTOR: 'canary-sumo',
}

type Tap = { teardown(end: () => unknown): unknown; testdir(files: Record<string, string>): string }

/** An account with a job of somebody else and a zone, and a manifest in a folder of its own, for the verbs of `provision`. */
export async function provisionWorld(t: Tap, manifest = plainManifest) {
  const built = buildWorld(29)
  const account = built.account('Quay')
  built.zone('quay.example', account)
  built.job({ scope: accountScope(account), name: 'theirs' })
  const files: string[] = []
  const put = async (_bucket: string, _key: string, body: unknown) => void files.push(String(body))
  const sim = await startSimulator({ world: built.spec(), objectStore: { put } })
  t.teardown(() => sim.close())
  const folder = t.testdir({ 'manifest.yaml': manifest })
  const file = `${folder}/manifest.yaml`
  const env = {
    CLOUDFLARE_API_TOKEN: sim.token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url,
    XDG_CACHE_HOME: folder,
    NO_COLOR: '1',
    ...secrets,
  }
  const call = (argv: readonly string[], setting: ProvisionSetting = {}) =>
    runProvision(argv, { ...setting, env: { ...env, ...setting.env } })
  return {
    sim,
    folder,
    /** What was written to any object store, in order. */
    files,
    file,
    write: (text: string) => writeFileSync(file, text),
    /** Without the manifest. */
    call,
    run: (verb: string, argv: readonly string[] = [], setting?: ProvisionSetting) =>
      call([...verb.split(' '), ...argv, '-f', file], setting),
  }
}
