import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import t from 'tap'
import { argumentProblem, containerCommand } from '../support/exporter-args.ts'
import { schemaProblem, unknownFields } from '../support/kube-schemas.ts'
import { kubeTools, output } from '../support/kube-tools.ts'
import {
  containersOf,
  type Manifest,
  manifestsOf,
  ofKind,
  only,
  podSpecs,
  readYaml,
} from '../support/manifests.ts'
import { imageName, version } from '../support/names.ts'
import { podSecurityProblems } from '../support/pod-security.ts'
import { at, entriesAt, listAt, textAt } from '../support/tree.ts'

/*
 * The chart: linted and rendered with every file of ci/, held against the schemas, the pod security standard
 * and the program's own reading of its arguments; and compared with what Kustomize deploys.
 */

t.setTimeout(180_000)
const tools = kubeTools()
const chart = 'deploy/helm/logpush-exporter'
const cases = readdirSync(`${chart}/ci`).sort()

function helm(...args: readonly string[]): Promise<string> {
  if (typeof tools === 'string') throw new Error(tools)
  return output(tools.helm, args)
}

async function rendered(file: string): Promise<readonly Manifest[]> {
  const args = [
    'template',
    'logpush-exporter',
    chart,
    '--namespace',
    'logpush',
    '--values',
    `${chart}/ci/${file}`,
  ]
  return manifestsOf(await helm(...args))
}

/** What a failed command said, with what it wrote. */
async function failureOf(running: Promise<string>): Promise<string> {
  return running.then(
    () => 'it did not fail',
    (error: unknown) => String(error),
  )
}

t.test(
  'the chart ships the rules, routing and dashboards of alerts/ and dashboards/ unchanged',
  async (t) => {
    t.equal(execFileSync(process.execPath, ['.build/chart-files.mjs', '--check'], { encoding: 'utf8' }), '')
  },
)

t.test('the chart’s README lists every value with its default and its comment', async (t) => {
  const check = () =>
    execFileSync(process.execPath, ['.build/chart-readme.mjs', '--check'], { encoding: 'utf8' })
  t.equal(check(), '')
  const rows = readFileSync(`${chart}/README.md`, 'utf8').match(/^\| `.*$/gm) ?? []
  const listed = rows.map((row) => /^\| `([^`]+)`/.exec(row)?.[1] ?? '')
  const covered = (path: string): boolean =>
    listed.some((name) => name === path || path.startsWith(`${name}.`))
  const leaves = (value: unknown, path: string): readonly string[] => {
    const children = entriesAt(value)
    return children.length === 0
      ? [path]
      : children.flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`))
  }
  const all = leaves(readYaml(`${chart}/values.yaml`), '')
  t.ok(all.length > 100)
  t.strictSame(
    all.filter((path) => !covered(path)),
    [],
  )
})

t.test('the chart says where it comes from', async (t) => {
  const about = readYaml(`${chart}/Chart.yaml`)
  const { homepage } = JSON.parse(readFileSync('package.json', 'utf8'))
  const home = textAt(about, 'home')
  t.equal(home, String(homepage).replace('#readme', ''))
  t.strictSame(at(about, 'sources'), [home])
  t.equal(textAt(about, 'maintainers', 0, 'url'), home)
  const [, icon = ''] = /\/main\/(.+)$/.exec(textAt(about, 'icon')) ?? []
  t.match(readFileSync(icon, 'utf8'), /^<svg /)
  t.equal(textAt(about, 'annotations', 'artifacthub.io/license'), 'Apache-2.0')
})

t.test('chart and application carry the version of this package', async (t) => {
  const about = readYaml(`${chart}/Chart.yaml`)
  t.strictSame([textAt(about, 'version'), textAt(about, 'appVersion')], [version, version])
})

t.test('the schema of the values knows every value and nothing else', async (t) => {
  const schema = JSON.parse(readFileSync(`${chart}/values.schema.json`, 'utf8'))
  const validate = new Ajv({ allErrors: true }).compile(schema)
  const defaults = readYaml(`${chart}/values.yaml`)
  t.ok(validate(defaults), JSON.stringify(validate.errors))
  const missing: string[] = []
  const compare = (value: unknown, described: unknown, path: string): void => {
    for (const [key, child] of entriesAt(value)) {
      const next = at(described, 'properties', key)
      if (at(described, 'properties') === undefined) return
      if (next === undefined) missing.push(`${path}${key}`)
      else compare(child, next, `${path}${key}.`)
    }
  }
  compare(defaults, schema, '')
  t.strictSame(missing, [])
  for (const [key] of entriesAt(schema, 'properties')) {
    t.ok(key === 'global' || at(defaults, key) !== undefined, `${key} has a default`)
  }
})

t.test('the chart', { skip: typeof tools === 'string' && tools }, async (t) => {
  const sets = new Map<string, readonly Manifest[]>()
  for (const file of cases) sets.set(file, await rendered(file))

  t.test('passes helm lint --strict with every values file', async (t) => {
    for (const file of cases)
      t.match(
        await helm('lint', '--strict', chart, '--values', `${chart}/ci/${file}`),
        /0 chart\(s\) failed/,
        file,
      )
  })

  t.test('fits the schemas of its kinds', async (t) => {
    for (const [file, manifests] of sets) {
      const problems = await Promise.all(manifests.map(schemaProblem))
      t.strictSame(
        problems.filter((problem) => problem !== null),
        [],
        `${file}: ${manifests.length} objects`,
      )
    }
    t.strictSame(unknownFields([...sets.values()].flat()), [], 'no field is misspelt')
  })

  t.test('runs under the restricted pod security standard, whatever the values', async (t) => {
    for (const [file, manifests] of sets) {
      const pods = manifests.flatMap(({ body }) => podSpecs(body))
      t.equal(pods.length, 2, `${file}: the exporter and the test of the release`)
      t.strictSame(pods.flatMap(podSecurityProblems), [], file)
    }
  })

  t.test('is started with arguments that the program accepts', async (t) => {
    for (const [file, manifests] of sets) {
      const [workload] = ofKind(manifests, 'Deployment', 'StatefulSet')
      const container = at(podSpecs(workload?.body)[0], 'containers', 0)
      const { argv, env } = containerCommand(container)
      const config = ofKind(manifests, 'ConfigMap').flatMap(({ body }) => textAt(body, 'data', 'config.yaml'))
      const files = new Map(config.map((text) => ['/etc/logpush-exporter/config/config.yaml', text]))
      t.equal(await argumentProblem(argv, env, files), null, `${file}: ${argv.join(' ')}`)
    }
  })

  t.test('lets the alerts link to the reader’s own Grafana', async (t) => {
    const rule = JSON.stringify(only(sets.get('alerts-values.yaml') ?? [], 'PrometheusRule'))
    t.match(rule, /https:\/\/dashboards\.example\.org\/d\//)
    t.notMatch(rule, /grafana\.example\.com/)
  })

  t.test('ships the rules unchanged, and changes limits and alerts where they are asked for', async (t) => {
    const rulesOf = (rule: unknown): readonly unknown[] =>
      listAt(rule, 'spec', 'groups').flatMap((group) => listAt(group, 'rules'))
    const shipped = rulesOf(readYaml('alerts/prometheusrule.yaml'))
    t.ok(shipped.length > 90)
    const enabled = 'cloudflare.existingSecret=s,prometheusRule.enabled=true'
    const unchanged = manifestsOf(await helm('template', 'x', chart, '--set', enabled))
    t.same(rulesOf(only(unchanged, 'PrometheusRule')), shipped)

    const changed = rulesOf(only(sets.get('alerts-values.yaml') ?? [], 'PrometheusRule'))
    t.equal(changed.length, shipped.length - 1)
    const limit = (name: string) =>
      changed.filter((rule) => textAt(rule, 'labels', 'limit') === name).map((rule) => textAt(rule, 'expr'))
    t.same(limit('job_failing_seconds'), ['vector(1800)'])
    t.same(limit('loss_ratio'), ['vector(0.0001)'])
    t.same(limit('incidents'), ['vector(20)'])
    const named = (name: string) =>
      changed.filter((rule) => textAt(rule, 'alert') === `CloudflareLogpush${name}`)
    t.same(named('JobMissing'), [])
    t.same(
      named('JobStalled').map((rule) => [
        textAt(rule, 'labels', 'severity'),
        textAt(rule, 'keep_firing_for'),
      ]),
      [
        ['critical', '15m'],
        ['info', '1h'],
      ],
    )
    t.match(named('ExporterDown'), [{ for: '15m', labels: { team: 'edge', environment: 'production' } }])

    for (const value of ['limits.job_faling=3', 'alerts.CloudflareLogpushNothing.enabled=false']) {
      const failure = await failureOf(
        helm('template', 'x', chart, '--set', `${enabled},prometheusRule.${value}`),
      )
      t.match(failure, /there is no (limit|alert) "/)
    }
  })

  t.test('pins the image by digest when one is given, else by the chart’s version', async (t) => {
    const imageOf = (file: string): string =>
      textAt(containersOf(podSpecs(only(sets.get(file) ?? [], 'Deployment'))[0])[0], 'image')
    t.equal(imageOf('minimal-values.yaml'), `${imageName}:${version}`)
    t.match(imageOf('extras-values.yaml'), new RegExp(`^${imageName}@sha256:[0-9a-f]{64}$`))
  })

  t.test(
    'adds containers, DNS settings, annotations and network rules where they are asked for',
    async (t) => {
      const deployment = only(sets.get('extra-containers-values.yaml') ?? [], 'Deployment')
      const [pod] = podSpecs(deployment)
      t.match(at(deployment, 'metadata', 'annotations'), { 'reloader.stakater.com/auto': 'true' })
      t.match(at(pod, 'initContainers', 0), { args: ['--for=logpush-exporter-proxy'] })
      t.match(at(pod, 'containers'), [{ name: 'logpush-exporter' }, { name: 'proxy' }])
      t.match(at(pod, 'dnsConfig'), { options: [{ name: 'ndots', value: '1' }] })
      const policy = only(sets.get('network-policy-values.yaml') ?? [], 'NetworkPolicy')
      t.match(JSON.stringify(at(policy, 'spec', 'ingress')), '10.0.0.0/8')
      t.match(JSON.stringify(at(policy, 'spec', 'egress')), '3128')
      const plain = podSpecs(only(sets.get('minimal-values.yaml') ?? [], 'Deployment'))[0]
      for (const field of ['initContainers', 'dnsConfig', 'dnsPolicy'])
        t.equal(at(plain, field), undefined, field)
    },
  )

  t.test('keeps one writer for each ledger', async (t) => {
    for (const [file, manifests] of sets) {
      if (file === 'postgresql-values.yaml') continue
      for (const { body } of ofKind(manifests, 'Deployment')) {
        t.strictSame(
          [at(body, 'spec', 'replicas'), at(body, 'spec', 'strategy', 'type')],
          [1, 'Recreate'],
          file,
        )
      }
    }
    const stateful = only(sets.get('sharded-values.yaml') ?? [], 'StatefulSet')
    const { argv } = containerCommand(containersOf(podSpecs(stateful)[0])[0])
    t.ok(argv.includes(`--total-shards=${at(stateful, 'spec', 'replicas')}`))
    t.ok(argv.includes('--shard=1') && argv.some((argument) => argument.endsWith('/api-token-1')))
  })

  t.test('runs several pods without a volume where the ledger is in PostgreSQL', async (t) => {
    const manifests = sets.get('postgresql-values.yaml') ?? []
    t.equal(ofKind(manifests, 'StatefulSet', 'PersistentVolumeClaim').length, 0)
    const deployment = only(manifests, 'Deployment')
    t.equal(at(deployment, 'spec', 'replicas'), 3)
    t.equal(at(deployment, 'spec', 'strategy', 'type'), 'RollingUpdate')
    const [pod] = podSpecs(deployment)
    t.notMatch(JSON.stringify(pod), '"name":"data"')
    const { argv } = containerCommand(containersOf(pod)[0])
    t.match(argv, [
      'serve',
      '--cloudflare.api-token-file=/etc/logpush-exporter/cloudflare/api-token',
      '--state.path=postgresql://logpush-exporter@postgresql.example/logpush',
      '--shard=auto',
      '--total-shards=2',
    ])
    t.match(JSON.stringify(at(only(manifests, 'NetworkPolicy'), 'spec', 'egress')), '"port":5432')
  })

  t.test('refuses values that can’t work, and says what to do', async (t) => {
    const refused = (...sets: readonly string[]): Promise<string> =>
      failureOf(helm('template', 'x', chart, ...sets.flatMap((each) => ['--set', each])))
    const token = 'cloudflare.existingSecret=token'
    t.match(await refused(), /no Cloudflare token: name a Secret in cloudflare\.existingSecret/)
    t.match(await refused(token, 'serviceMonitor.enabled=true', 'podMonitor.enabled=true'), /enable one/)
    t.match(
      await refused(token, 'shards.total=2', 'persistence.existingClaim=ledger'),
      /each shard needs its own/,
    )
    t.match(await refused('cloudflare.apiToken=x', 'shards.total=2'), /a key for each shard/)
    t.match(
      await refused(token, 'postgresql.address=postgresql://x@y/z', 'shards.total=3'),
      /each shard needs a pod of its own/,
    )
    t.match(await refused(token, 'servicemonitor.enabled=true'), /servicemonitor/, 'a misspelt key')
    t.match(
      await refused(token, 'persistence.accessModes[0]=ReadWriteMany'),
      /accessModes/,
      'a shared volume',
    )
  })

  t.test('tells in its notes what is still missing', async (t) => {
    const notes = await helm(
      'install',
      'logpush-exporter',
      chart,
      '--dry-run=client',
      '--namespace',
      'logpush',
      '--set',
      'cloudflare.apiToken=x',
    )
    t.match(notes, /exec deployment\/logpush-exporter -- \/usr\/local\/bin\/node \/app\/dist\/main\.js check/)
    t.match(notes, /serviceMonitor\.enabled=true/)
    t.match(notes, /prometheusRule\.enabled=true/)
  })

  t.test('deploys what Kustomize deploys', async (t) => {
    if (typeof tools === 'string') throw new Error(tools)
    const kustomize = manifestsOf(await output(tools.kubectl, ['kustomize', 'deploy/overlays/example']))
    const fromChart = (sets.get('like-kustomize-values.yaml') ?? []).filter(({ kind }) => kind !== 'Pod')
    // The manifest's ConfigMap is the user's in both; Kustomize makes an example with a hash in its name.
    const names = new Map([['cloudflare-logpush', 'logpush-exporter']])
    const comparable = (manifests: readonly Manifest[]): Map<string, unknown> =>
      new Map(
        manifests
          .filter(({ kind, name }) => kind !== 'Namespace' && !name.startsWith('logpush-exporter-manifest'))
          .map((manifest) => [
            `${manifest.kind} ${names.get(manifest.name) ?? manifest.name}`,
            essence(manifest),
          ]),
      )
    const [left, right] = [comparable(fromChart), comparable(kustomize)]
    t.strictSame([...left.keys()].sort(), [...right.keys()].sort(), 'the same objects')
    for (const [key, value] of left) t.strictSame(value, right.get(key), key)
  })
})

/** What an object does, without how its files are managed: names of the tools, hashes in names, annotations. */
function essence({ body }: Manifest): unknown {
  const ignored = /^(helm\.sh\/|app\.kubernetes\.io\/(managed-by|version)|checksum\/|ignore-check)/
  const cut = (node: unknown): unknown => {
    if (typeof node === 'string') return node.replace(/^(logpush-exporter-manifest)-[a-z0-9]{10}$/, '$1')
    if (Array.isArray(node)) return node.map(cut)
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(
      Object.entries(node)
        .filter(([key]) => !ignored.test(key))
        .map(([key, value]) => [key, cut(value)] as const)
        .sort(([a], [b]) => a.localeCompare(b)),
    )
  }
  const { metadata: _, ...rest } = Object(body)
  const labels = entriesAt(body, 'metadata', 'labels').filter(
    ([key]) => key === 'release' || key === 'grafana_dashboard',
  )
  return { labels: Object.fromEntries(labels), ...Object(cut(rest)) }
}
