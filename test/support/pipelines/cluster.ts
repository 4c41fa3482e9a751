import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { readYaml } from '../manifests.ts'
import { at, findAll, listAt, textAt } from '../tree.ts'
import type { Machine, Ran } from './machine.ts'

/*
 * Carries out a Tekton step and the container of the CronJob on this machine: their arguments, the environment from
 * their Secrets, and the paths of their volumes as folders of a checkout.
 */

const bundle = new URL('../../../dist/main.js', import.meta.url).pathname

/** The Secrets there are, by name. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Paths in the container and what stands for them here. */
type Mounts = readonly (readonly [container: string, here: string])[]

function mounted(text: string, mounts: Mounts): string {
  return mounts.reduce((result, [container, here]) => result.replaceAll(container, here), text)
}

/** What `envFrom` hands over; a Secret that is not there keeps the pod from starting unless it is optional. */
function environment(
  container: unknown,
  secrets: Secrets,
  name: (text: string) => string,
): Record<string, string> {
  const found = listAt(container, 'envFrom').map((source) => {
    const secret = secrets[name(textAt(source, 'secretRef', 'name'))]
    if (secret === undefined && at(source, 'secretRef', 'optional') !== true)
      throw new Error('no such Secret')
    return secret ?? {}
  })
  return Object.assign({}, ...found)
}

export interface TektonRun extends Ran {
  /** The result of the task. */
  readonly changes: string
}

/** Runs the one task of a pipeline; its workspace `source` is the checkout of the machine, `plan` the machine itself. */
export async function runTekton(
  machine: Machine,
  pipeline: string,
  secrets: Secrets,
  params: Readonly<Record<string, string>> = {},
): Promise<TektonRun> {
  const documents = parseAllDocuments(readFileSync('deploy/provision/tekton.yaml', 'utf8')).map(
    (each): unknown => each.toJS(),
  )
  const named = (kind: string, name: string) =>
    documents.find((each) => textAt(each, 'kind') === kind && textAt(each, 'metadata', 'name') === name)
  const task = at(named('Pipeline', pipeline), 'spec', 'tasks', 0)
  const fill = (text: string) => text.replace(/\$\(params\.(\w+)\)/g, (_, name: string) => params[name] ?? '')
  const given = new Map(
    listAt(task, 'params').map((param) => [textAt(param, 'name'), at(param, 'value')] as const),
  )
  const step = at(named('Task', textAt(task, 'taskRef', 'name')), 'spec', 'steps', 0)
  const result = join(machine.folder, 'result')
  const token = join(machine.folder, 'api-token')
  writeFileSync(token, secrets.token?.['api-token'] ?? '')
  rmSync(result, { force: true })
  const mounts: Mounts = [
    ['/app/dist/main.js', bundle],
    ['/etc/logpush-exporter/cloudflare/api-token', token],
    ['/workspace/source', machine.folder],
    ['/workspace/plan', machine.folder],
    ['$(results.changes.path)', result],
  ]
  const script = join(machine.folder, 'script')
  const [shebang, ...lines] = textAt(step, 'script').split('\n')
  if (shebang !== '#!/usr/local/bin/node') throw new Error(`not the image’s Node: ${shebang}`)
  writeFileSync(script, mounted(lines.join('\n'), mounts))
  const args = listAt(given.get('arguments')).map((text) => mounted(fill(String(text)), mounts))
  const secretName = String(given.get('secrets') ?? 'none')
  const env = environment(step, secrets, (text) => text.replace('$(params.secrets)', secretName))
  const ran = await machine.node([script, ...args], env)
  return { ...ran, changes: existsSync(result) ? readFileSync(result, 'utf8') : '' }
}

/** One run of the CronJob. Its ConfigMap is the manifest of the checkout. */
export function runCronJob(machine: Machine, secrets: Secrets): Promise<Ran> {
  const cronJob = readYaml('deploy/provision/cronjob/cronjob.yaml')
  const pod = at(cronJob, 'spec', 'jobTemplate', 'spec', 'template', 'spec')
  const container = at(pod, 'containers', 0)
  const [projected] = findAll(pod, (node) => 'projected' in node)
  for (const source of listAt(projected?.node, 'projected', 'sources')) {
    for (const [key, text] of Object.entries(secrets[textAt(source, 'secret', 'name')] ?? {})) {
      writeFileSync(join(machine.folder, 'logpush', key), text)
    }
  }
  writeFileSync(
    join(machine.folder, 'api-token'),
    secrets['logpush-provision-cloudflare']?.['api-token'] ?? '',
  )
  const mounts: Mounts = [
    ['/etc/logpush-exporter/cloudflare', machine.folder],
    ['/etc/logpush-exporter/manifest', join(machine.folder, 'logpush')],
  ]
  const args = listAt(container, 'args').map((text) => mounted(String(text), mounts))
  return machine.node(
    [bundle, ...args],
    environment(container, secrets, (name) => name),
  )
}
