import { containersOf } from './manifests.ts'
import { at, entriesAt, listAt, textAt } from './tree.ts'

const allowedVolumes = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
])

/**
 * What keeps a pod from the pod security standard "restricted", and from what we ask beyond it: a read-only
 * root, no service account token, resource requests and a memory limit. An empty list is a pass.
 */
export function podSecurityProblems(pod: unknown): readonly string[] {
  return [
    ...problemsOfPod(pod),
    ...containersOf(pod).flatMap((container) => problemsOfContainer(container, pod)),
  ]
}

function problemsOfPod(pod: unknown): readonly string[] {
  const problems: string[] = []
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) {
    if (at(pod, field) === true) problems.push(`${field} is on`)
  }
  if (listAt(pod, 'securityContext', 'sysctls').length > 0) problems.push('sets sysctls')
  if (at(pod, 'automountServiceAccountToken') !== false) problems.push('mounts a service account token')
  for (const volume of listAt(pod, 'volumes')) {
    const kinds = entriesAt(volume)
      .map(([key]) => key)
      .filter((key) => key !== 'name')
    const [refused] = kinds.filter((kind) => !allowedVolumes.has(kind))
    if (refused !== undefined) problems.push(`volume ${textAt(volume, 'name')} is of the kind ${refused}`)
  }
  return problems
}

function problemsOfContainer(container: unknown, pod: unknown): readonly string[] {
  const problems: string[] = []
  const setting = (name: string): unknown =>
    at(container, 'securityContext', name) ?? at(pod, 'securityContext', name)
  if (setting('runAsNonRoot') !== true) problems.push('may run as root')
  if (setting('runAsUser') === 0) problems.push('runs as user 0')
  const seccomp = at(setting('seccompProfile'), 'type')
  if (seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost') problems.push('has no seccomp profile')
  if (at(container, 'securityContext', 'allowPrivilegeEscalation') !== false)
    problems.push('may gain privileges')
  if (at(container, 'securityContext', 'readOnlyRootFilesystem') !== true)
    problems.push('has a writable root')
  if (at(container, 'securityContext', 'privileged') === true) problems.push('is privileged')
  if (at(container, 'securityContext', 'procMount') !== undefined) problems.push('sets procMount')
  if (!listAt(container, 'securityContext', 'capabilities', 'drop').includes('ALL')) {
    problems.push('keeps capabilities')
  }
  if (listAt(container, 'securityContext', 'capabilities', 'add').length > 0)
    problems.push('adds capabilities')
  for (const port of listAt(container, 'ports')) {
    if (at(port, 'hostPort') !== undefined) problems.push('takes a port of the host')
  }
  for (const [group, name] of [
    ['requests', 'cpu'],
    ['requests', 'memory'],
    ['limits', 'memory'],
  ] as const) {
    if (at(container, 'resources', group, name) === undefined)
      problems.push(`has no resources.${group}.${name}`)
  }
  return problems.map((problem) => `container ${textAt(container, 'name')} ${problem}`)
}
