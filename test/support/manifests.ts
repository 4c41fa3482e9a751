import { readFileSync } from 'node:fs'
import { parseAllDocuments, parseDocument } from 'yaml'
import { at, entriesAt, findAll, listAt, textAt } from './tree.ts'

/** One Kubernetes object as parsed. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly body: unknown
}

/** The objects of a YAML text with several documents; anything that is not an object of a cluster throws. */
export function manifestsOf(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document) => {
      const [problem] = [...document.errors, ...document.warnings]
      if (problem !== undefined) throw problem
      const body: unknown = document.toJS()
      return body
    })
    .filter((body) => body !== null && body !== undefined)
    .map(manifestOf)
}

export function manifestOf(body: unknown): Manifest {
  const manifest = {
    apiVersion: textAt(body, 'apiVersion'),
    kind: textAt(body, 'kind'),
    name: textAt(body, 'metadata', 'name'),
    body,
  }
  if (manifest.apiVersion === '' || manifest.kind === '' || manifest.name === '') {
    throw new Error(`not an object of a cluster: ${JSON.stringify(body).slice(0, 200)}`)
  }
  return manifest
}

/** Parses a YAML file that holds one document; a duplicate key or another mistake throws. */
export function readYaml(path: string): unknown {
  const document = parseDocument(readFileSync(path, 'utf8'))
  const [problem] = document.errors
  if (problem !== undefined) throw new Error(`${path}: ${problem.message}`)
  const body: unknown = document.toJS()
  return body
}

export function ofKind(manifests: readonly Manifest[], ...kinds: readonly string[]): readonly Manifest[] {
  return manifests.filter(({ kind }) => kinds.includes(kind))
}

/** The only object of a kind. */
export function only(manifests: readonly Manifest[], kind: string, name?: string): unknown {
  const found = ofKind(manifests, kind).filter((each) => name === undefined || each.name === name)
  const [first] = found
  if (first === undefined || found.length > 1)
    throw new Error(`expected one ${kind} ${name ?? ''}, found ${found.length}`)
  return first.body
}

/** Every pod spec in an object, however deep: in a Deployment, a CronJob, a Tekton task it is found by its containers. */
export function podSpecs(body: unknown): readonly unknown[] {
  if (at(body, 'kind') === 'Pod') return [at(body, 'spec')]
  return findAll(body, (node) => Array.isArray(Reflect.get(node, 'containers'))).map(({ node }) => node)
}

export function containersOf(pod: unknown): readonly unknown[] {
  return [
    ...listAt(pod, 'initContainers'),
    ...listAt(pod, 'containers'),
    ...listAt(pod, 'ephemeralContainers'),
  ]
}

/** An object's labels or annotations. */
export function textsAt(body: unknown, ...path: readonly string[]): ReadonlyMap<string, string> {
  return new Map(entriesAt(body, ...path).map(([key, value]) => [key, String(value)]))
}
