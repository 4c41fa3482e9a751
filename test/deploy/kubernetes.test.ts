import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { argumentProblem, containerCommand } from '../support/exporter-args.ts'
import { schemaProblem, unknownFields } from '../support/kube-schemas.ts'
import { kubeTools, output } from '../support/kube-tools.ts'
import {
  containersOf,
  type Manifest,
  manifestOf,
  manifestsOf,
  ofKind,
  only,
  podSpecs,
  readYaml,
} from '../support/manifests.ts'
import { imageName, version } from '../support/names.ts'
import { processTemplate } from '../support/openshift-template.ts'
import { podSecurityProblems } from '../support/pod-security.ts'
import { at, findAll, listAt, textAt } from '../support/tree.ts'

/*
 * What `kubectl kustomize` makes of every overlay, and the OpenShift Template: valid, restricted, consistent,
 * and started with arguments that the program accepts.
 */

t.setTimeout(180_000)
const tools = kubeTools()
const overlays = readdirSync('deploy/overlays').sort()
const image = `${imageName}:${version}`

async function built(folder: string): Promise<readonly Manifest[]> {
  if (typeof tools === 'string') throw new Error(tools)
  return manifestsOf(await output(tools.kubectl, ['kustomize', folder]))
}

/** A container of each pod that an object would start, with the object's name. */
function containers(
  manifests: readonly Manifest[],
): readonly { where: string; pod: unknown; container: unknown }[] {
  return manifests.flatMap((manifest) =>
    podSpecs(manifest.body).flatMap((pod) =>
      containersOf(pod).map((container) => ({ where: `${manifest.kind} ${manifest.name}`, pod, container })),
    ),
  )
}

t.test('what is deployed on Kubernetes', { skip: typeof tools === 'string' && tools }, async (t) => {
  const sets = new Map<string, readonly Manifest[]>()
  for (const overlay of overlays) sets.set(`overlays/${overlay}`, await built(`deploy/overlays/${overlay}`))
  sets.set('provision/cronjob', await built('deploy/provision/cronjob'))
  sets.set('openshift template', processTemplate(readYaml('deploy/openshift/logpush-exporter.yaml')))
  const everything = [...sets.values()].flat()

  t.test('fits the schemas of its kinds', async (t) => {
    for (const [name, manifests] of sets) {
      const problems = await Promise.all(manifests.map(schemaProblem))
      t.strictSame(
        problems.filter((problem) => problem !== null),
        [],
        `${name}: ${manifests.length} objects`,
      )
    }
    t.strictSame(unknownFields(everything), [], 'no field is misspelt')
  })

  t.test('is checked by schemas that notice a mistake', async (t) => {
    const deployment = structuredClone(only(sets.get('overlays/example') ?? [], 'Deployment'))
    Object.assign(Object(at(deployment, 'spec')), { replicas: 'one' })
    t.match(await schemaProblem(manifestOf(deployment)), /replicas/, 'a text where a number belongs')
    Object.assign(Object(at(deployment, 'spec')), { replicas: 1, replica: 1 })
    t.match(
      unknownFields([manifestOf(deployment)]),
      [/replica.*does not exist/],
      'a field that does not exist',
    )
  })

  t.test('runs under the restricted pod security standard', async (t) => {
    const pods = everything.flatMap(({ body }) => podSpecs(body))
    t.equal(
      pods.length,
      overlays.length + 2,
      'every overlay, the cron job and the template start one kind of pod',
    )
    t.strictSame(pods.flatMap(podSecurityProblems), [])
    for (const pod of pods)
      t.equal(at(pod, 'enableServiceLinks'), false, 'no variable of a Service reads as a setting')
    const root = structuredClone(pods[0])
    Object.assign(Object(at(root, 'securityContext')), { runAsUser: 0, runAsNonRoot: false })
    t.strictSame(
      podSecurityProblems(root),
      ['container logpush-exporter may run as root', 'container logpush-exporter runs as user 0'],
      'and the check notices root',
    )
  })

  t.test('leaves user and group to OpenShift where it assigns them', async (t) => {
    for (const name of ['overlays/openshift', 'overlays/app-interface', 'openshift template']) {
      const pod = at(only(sets.get(name) ?? [], 'Deployment'), 'spec', 'template', 'spec', 'securityContext')
      for (const field of ['runAsUser', 'runAsGroup', 'fsGroup'])
        t.equal(at(pod, field), undefined, `${name} ${field}`)
    }
  })

  t.test('names one image, one port and the version of this package', async (t) => {
    for (const { where, container } of containers(everything)) {
      t.equal(textAt(container, 'image'), image, where)
      for (const port of listAt(container, 'ports')) t.equal(at(port, 'containerPort'), 10199, where)
    }
    for (const { body, name } of ofKind(everything, 'Service')) {
      t.strictSame(
        listAt(body, 'spec', 'ports'),
        [{ name: 'http', port: 10199, targetPort: 'http', protocol: 'TCP' }],
        name,
      )
    }
    const labels = findAll(
      everything.map(({ body }) => body),
      (node) => 'app.kubernetes.io/version' in node,
    )
    t.ok(labels.length > 10)
    for (const { node } of labels) t.equal(Reflect.get(node, 'app.kubernetes.io/version'), version)
  })

  t.test('is started with arguments that the program accepts', async (t) => {
    for (const { where, container } of containers(everything)) {
      const { argv, env } = containerCommand(container)
      t.equal(await argumentProblem(argv, env), null, `${where}: ${argv.join(' ')}`)
    }
    t.match(
      await argumentProblem(['serve', '--state.file=/data']),
      /--state.file: unknown flag/,
      'and a misspelt flag is noticed',
    )
  })

  t.test('mounts what its arguments name', async (t) => {
    for (const { where, pod, container } of containers(everything)) {
      const mounts = listAt(container, 'volumeMounts').map((mount) => textAt(mount, 'mountPath'))
      const paths = containerCommand(container).argv.flatMap(
        (argument) => /=(\/.*)$/.exec(argument)?.[1] ?? [],
      )
      for (const path of paths)
        t.ok(
          mounts.some((mount) => path.startsWith(`${mount}/`)),
          `${where}: ${path}`,
        )
      const volumes = [...listAt(pod, 'volumes').map((volume) => textAt(volume, 'name')), 'data']
      for (const mount of listAt(container, 'volumeMounts'))
        t.ok(volumes.includes(textAt(mount, 'name')), where)
    }
  })

  t.test('selects its own pods', async (t) => {
    for (const [name, manifests] of sets) {
      const [workload] = ofKind(manifests, 'Deployment', 'StatefulSet')
      if (workload === undefined) continue
      const podLabels = at(workload.body, 'spec', 'template', 'metadata', 'labels')
      const selectors = [
        at(workload.body, 'spec', 'selector', 'matchLabels'),
        ...ofKind(manifests, 'Service').map(({ body }) => at(body, 'spec', 'selector')),
        ...ofKind(manifests, 'NetworkPolicy').map(({ body }) =>
          at(body, 'spec', 'podSelector', 'matchLabels'),
        ),
        ...ofKind(manifests, 'PodMonitor').map(({ body }) => at(body, 'spec', 'selector', 'matchLabels')),
      ]
      for (const selector of selectors) t.match(podLabels, Object(selector), name)
      for (const { body } of ofKind(manifests, 'ServiceMonitor')) {
        const wanted = Object(at(body, 'spec', 'selector', 'matchLabels'))
        const chosen = ofKind(manifests, 'Service').filter((service) =>
          Object.entries(wanted).every(
            ([key, value]) => at(service.body, 'metadata', 'labels', key) === value,
          ),
        )
        t.equal(chosen.length, 1, `${name}: the ServiceMonitor finds one Service`)
      }
    }
  })

  t.test('keeps one writer for each ledger', async (t) => {
    const files = [...sets].flatMap(([name, set]) => (name === 'overlays/postgresql' ? [] : set))
    for (const { body, name } of ofKind(files, 'Deployment')) {
      t.equal(at(body, 'spec', 'replicas'), 1, name)
      t.equal(at(body, 'spec', 'strategy', 'type'), 'Recreate', name)
    }
    const sharded = sets.get('overlays/sharded') ?? []
    const stateful = only(sharded, 'StatefulSet')
    const [container] = containersOf(podSpecs(stateful)[0])
    const { argv } = containerCommand(container)
    t.ok(argv.includes(`--total-shards=${at(stateful, 'spec', 'replicas')}`), 'as many shards as pods')
    t.ok(argv.includes('--shard=1'), 'the ordinal is the shard')
    t.ok(
      argv.includes('--cloudflare.api-token-file=/etc/logpush-exporter/cloudflare/api-token-1'),
      'a token each',
    )
    t.equal(textAt(stateful, 'spec', 'volumeClaimTemplates', 0, 'metadata', 'name'), 'data', 'a volume each')
    t.equal(ofKind(sharded, 'PersistentVolumeClaim').length, 0)
    t.equal(only(sharded, 'Service', textAt(stateful, 'spec', 'serviceName')) !== undefined, true)
  })

  t.test('runs two pods without a volume where the ledger is in PostgreSQL', async (t) => {
    const manifests = sets.get('overlays/postgresql') ?? []
    const deployment = only(manifests, 'Deployment')
    t.equal(at(deployment, 'spec', 'replicas'), 2)
    t.strictSame(at(deployment, 'spec', 'strategy'), { type: 'RollingUpdate' })
    const [pod] = podSpecs(deployment)
    const [container] = containersOf(pod)
    t.ok(containerCommand(container).argv.includes('--shard=auto'))
    for (const name of [...listAt(pod, 'volumes'), ...listAt(container, 'volumeMounts')])
      t.not(textAt(name, 'name'), 'data')
    t.equal(ofKind(manifests, 'PersistentVolumeClaim').length, 0)
    t.match(listAt(container, 'env').at(-1), {
      name: 'PGPASSWORD',
      valueFrom: { secretKeyRef: { name: 'logpush-exporter-postgresql', key: 'password' } },
    })
    t.match(JSON.stringify(at(only(manifests, 'NetworkPolicy'), 'spec', 'egress')), '"port":5432')
  })

  t.test('takes rules, routing and dashboards from their one source', async (t) => {
    const example = sets.get('overlays/example') ?? []
    const rules = readYaml('alerts/prometheusrule.yaml')
    t.strictSame(at(only(example, 'PrometheusRule'), 'spec'), at(rules, 'spec'))
    const routing = readYaml('alerts/alertmanagerconfig.yaml')
    t.strictSame(at(only(example, 'AlertmanagerConfig'), 'spec'), at(routing, 'spec'))
    const files = readdirSync('dashboards').filter((name) => name.endsWith('.json'))
    const maps = ofKind(example, 'ConfigMap').filter(({ body }) =>
      at(body, 'metadata', 'labels', 'grafana_dashboard'),
    )
    t.strictSame(
      maps.flatMap(({ body }) => Object.entries(Object(at(body, 'data')))).sort(),
      files.map((name) => [name, readFileSync(`dashboards/${name}`, 'utf8')]).sort(),
    )
  })

  t.test('carries the labels that app-interface looks for', async (t) => {
    const manifests = sets.get('overlays/app-interface') ?? []
    t.match(at(only(manifests, 'PrometheusRule'), 'metadata', 'labels'), {
      prometheus: 'app-sre',
      role: 'alert-rules',
    })
    const maps = ofKind(manifests, 'ConfigMap')
    t.ok(maps.length > 0)
    for (const { body } of maps) {
      t.equal(at(body, 'metadata', 'labels', 'grafana_dashboard'), 'true')
      t.match(textAt(body, 'metadata', 'annotations', 'grafana-folder'), /Logpush/)
    }
  })

  t.test('runs the same pod from the Template as from the openshift overlay', async (t) => {
    const pod = (name: string): unknown =>
      structuredClone(podSpecs(only(sets.get(name) ?? [], 'Deployment'))[0])
    const fromTemplate = pod('openshift template')
    const fromOverlay = pod('overlays/openshift')
    for (const spec of [fromTemplate, fromOverlay]) {
      const [container] = containersOf(spec)
      Object.assign(Object(container), {
        args: listAt(container, 'args').slice(0, 3),
        env: listAt(container, 'env').slice(0, 1),
      })
    }
    t.strictSame(fromTemplate, fromOverlay)
  })
})
