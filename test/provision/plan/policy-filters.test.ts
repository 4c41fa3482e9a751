import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { filterProblems } from '../../../src/provision/plan/check-filters.ts'
import { policyDiff } from '../../../src/provision/plan/compare-notification.ts'
import { livePolicyFilters } from '../../../src/provision/resource/policy-filters.ts'
import { startSimulator } from '../../../src/simulator/server.ts'
import { buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { aPolicy } from '../../support/provision-values.ts'
import { runProvision } from '../../support/run-provision.ts'

const create = (filters: Record<string, string[]> | null, alertType = 'http_alert_origin_error') =>
  ({ change: 'create', kind: 'policy', fields: [], desired: aPolicy({ alertType, filters }) }) as const
const zones = { name: 'zones', isRequired: true, values: null, maxValues: null }
const slo = { name: 'slo', isRequired: false, values: ['99.7', '99.8'], maxValues: 1 }
const alert = { type: 'http_alert_origin_error', filters: [zones, slo], isWhole: true }
const said = (...[change, known]: Parameters<typeof filterProblems>) =>
  filterProblems(change, known).map(({ level, message }) => `${level}: ${message.replace(/^.*?: /, '')}`)

t.test('filters that the alert does not take, and those it requires, are errors', (t) => {
  t.strictSame(said(create({ zones: ['z'], slo: ['99.7'] }), alert), [])
  t.strictSame(said(create(null), alert), [
    'error: the alert "http_alert_origin_error" requires the filter "zones"',
  ])
  t.strictSame(said(create({ zones: ['z'], sol: ['99.7'] }), alert), [
    'error: the alert "http_alert_origin_error" has no filter "sol"; did you mean "slo"?',
  ])
  t.strictSame(said(create({ zones: ['z'], product: ['x'] }), alert), [
    'error: the alert "http_alert_origin_error" has no filter "product"; it has "zones", "slo"',
  ])
  t.strictSame(said(create({ zones: ['z'], slo: ['99.7', '50'] }), alert), [
    'error: the filter "slo" does not take "50"; it takes "99.7", "99.8"',
    'error: the filter "slo" takes at most 1, found 2',
  ])
  const names = (count: number) => Array.from({ length: count }, (_, index) => `a${index}`)
  const taking = (count: number) =>
    said(create({ zones: ['z'], slo: ['other'] }), {
      ...alert,
      filters: [zones, { ...slo, values: names(count) }],
    })
  const first = `error: the filter "slo" does not take "other"; it takes ${names(20)
    .map((name) => `"${name}"`)
    .join(', ')}`
  t.strictSame(taking(20), [first])
  t.strictSame(taking(22), [`${first} and 2 more`])
  t.end()
})

t.test('a list of filters that is empty or cannot be read whole forbids nothing', (t) => {
  const none = { ...alert, filters: [] }
  t.strictSame(said(create({ slo: ['99.7'] }), none), [
    'warning: Cloudflare lists no filters for the alert "http_alert_origin_error", so "slo" may be ignored',
  ])
  t.strictSame(said(create({ slo: ['99.7'] }), { ...none, isWhole: false }), [])
  t.strictSame(said(create({ zones: ['z'], new: ['1'] }), { ...alert, isWhole: false }), [])
  t.end()
})

t.test('filters are sets, and are left alone where the manifest does not name any', (t) => {
  const live = (filters: unknown) => ({ ...aPolicy().resource, filters: livePolicyFilters(filters) })
  const diff = (wanted: Record<string, string[]> | null, filters: unknown) =>
    policyDiff({ ...aPolicy().resource, filters: wanted }, live(filters))
  t.strictSame(diff({ zones: ['b', 'a'], slo: [] }, { zones: ['a', 'b', 'a'], product: null }), [])
  t.strictSame(diff(null, { zones: ['a'] }), [])
  t.strictSame(diff({}, { zones: ['a'] }), [{ path: 'filters.zones', from: ['a'], to: null }])
  t.strictSame(diff({ limit: ['5'] }, { limit: [5] }), [], 'numbers and texts are the same')
  t.strictSame(diff({}, { where: { and: [] } }), [{ path: 'filters.where', from: ['{"and":[]}'], to: null }])
  t.end()
})

t.test(
  'policies of any alert: plan, apply, an empty plan, there and back by import and Terraform',
  async (t) => {
    const built = buildWorld(29)
    const account = built.account('Quay')
    const zoneId = built.zone('quay.example', account)
    const other = built.zone('quay.io', account)
    const sim = await startSimulator({ world: built.spec() })
    const folder = mkdtempSync(join(tmpdir(), 'filters-'))
    t.teardown(async () => {
      await sim.close()
      rmSync(folder, { recursive: true, force: true })
    })
    const env = {
      CLOUDFLARE_API_TOKEN: sim.token,
      LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url,
      XDG_CACHE_HOME: folder,
      ZONE: 'quay.io',
    }
    const path = join(folder, 'm.yaml')
    const run = (...argv: readonly string[]) => runProvision(argv, { env })
    const write = (zones: string, more = '') =>
      writeFileSync(
        path,
        `version: 1
account: { id: ${account} }
owner: sre
notifications:
  policies:
    - name: sre-origin
      alert: http_alert_origin_error
      filters: { zones: [${zones}], slo: [99.7] }
      email: [sre@example.com]
    - name: sre-ssl
      alert: universal_ssl_event_type
      email: [sre@example.com]
${more}`,
      )
    const live = () => [...sim.world.state.notifications.policies.values()].map(({ filters }) => filters)

    write(`quay.example, "\${env:ZONE}"`)
    t.match(await run('validate', '-f', path), { code: 0, stderr: '' })
    const planned = await run('plan', '-f', path)
    t.match(planned.stdout, `filters.zones: ${[zoneId, other].sort().join(', ')}\n`)
    t.equal((await run('apply', '-f', path, '--yes')).code, 0)
    t.strictSame(live(), [{ slo: ['99.7'], zones: [zoneId, other].sort() }, null])
    t.match(await run('plan', '-f', path, '--detailed-exitcode'), {
      code: 0,
      stdout: /No changes: 2 objects/,
    })
    t.match(await run('plan', '-f', path, '--detailed-exitcode', '--offline'), {
      code: 0,
      stdout: /No changes/,
    })

    const imported = join(folder, 'imported.yaml')
    t.equal((await run('import', '--owner', 'sre', '--out', imported)).code, 0)
    t.match(await run('plan', '-f', imported, '--detailed-exitcode'), {
      code: 0,
      stdout: /No changes: 2 objects/,
    })
    const terraform = await run('export', '--to', 'terraform')
    t.match(
      terraform.stdout,
      `  filters = {\n    slo   = ["99.7"]\n    zones = [${[zoneId, other]
        .sort()
        .map((id) => `"${id}"`)
        .join(', ')}]\n  }\n`,
    )

    write('quay.example', '      filters: {}\n')
    const less = await run('apply', '-f', path, '--yes')
    t.match(less, { code: 0, stdout: /Applied: 1 updated/ })
    t.strictSame(live(), [{ slo: ['99.7'], zones: [zoneId] }, null])

    write('quay.exmaple', '      filters: { slo: [5], typ: [x] }\n')
    t.match(await run('plan', '-f', path), {
      code: 65,
      stderr:
        /m\.yaml:8:26: the API token sees no zone called "quay\.exmaple"; did you mean "quay\.example"\?/,
    })
    write(
      'quay.example',
      '    - name: sre-use\n      alert: billing_usage_alert\n      filters: { product: [worker_request], limits: [5] }\n      email: [sre@example.com]\n',
    )
    t.match((await run('plan', '-f', path)).stderr.split('\n').sort(), [
      '',
      /15|13:13: policy sre-use: the alert "billing_usage_alert" has no filter "limits"; did you mean "limit"\?/,
      /policy sre-use: the alert "billing_usage_alert" requires the filter "limit"/,
      /policy sre-use: the filter "product" does not take "worker_request"; did you mean "worker_requests"\?/,
    ])
  },
)
