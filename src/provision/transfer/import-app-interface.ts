import { holding } from '../../domain/holding.ts'
import { isObject } from '../../domain/plain-value.ts'
import type { Account, Scope } from '../../domain/scope.ts'
import type { ManifestText, ParseYaml } from '../manifest/manifest.ts'
import { plainValue } from '../manifest/tree.ts'
import { type Checked, checked, errorAt, type Problem } from '../resource/problem.ts'
import {
  accountFileName,
  isAccountFile,
  type ProvisionedResource,
  resourcesIn,
} from './app-interface-resource.ts'
import { type Fields, foreignJob, textOf } from './foreign-job.ts'
import { objectTitle } from './placeholders.ts'
import type { Portable, PortableJob } from './portable.ts'

/*
 * Resource files of app-interface, where a namespace or a file of its own lists `externalResources`: mappings with
 * `provider: logpush_job` or `provider: logpush_ownership_challenge`, wherever in the file they stand.
 */

const jobProvider = 'logpush_job'
const challengeProvider = 'logpush_ownership_challenge'

/** Keys of app-interface's schema, and what its queries call some of them. */
const jobKeys = new Set([
  ...['provider', 'identifier', 'zone', 'zone_name', 'name', 'job_name', 'dataset', 'destination_conf'],
  ...['enabled', 'logpull_options', 'ownership_challenge', 'frequency', 'filter', 'kind'],
  ...['defaults', 'overrides'],
])

/** What one provisioner, which is one account, provisions. */
export interface Provisioned {
  /** The provisioner's name; null where the files name none. */
  readonly provisioner: string | null
  readonly portable: Portable
}

/** `account`: of all resources, where it is known. */
export function importAppInterface(
  texts: readonly ManifestText[],
  account: Account | null,
  parseYaml: ParseYaml,
): Checked<readonly Provisioned[]> {
  const problems: Problem[] = []
  const files = texts.flatMap(({ file, text }) => {
    const yaml = parseYaml(text)
    if (yaml.ok) return [{ file, value: plainValue(yaml.root) }]
    problems.push(...yaml.problems.map(({ at, message }) => errorAt({ file, ...at }, message)))
    return []
  })
  const accountNames = new Map(
    files.flatMap(({ file, value }) =>
      isAccountFile(value) ? [[file, accountFileName(value)] as const] : [],
    ),
  )
  const found = files.flatMap(({ file, value }) => {
    const here = resourcesIn(value, [jobProvider, challengeProvider], accountNames)
    if (here.length === 0 && !isAccountFile(value)) {
      const message = `expected resources with "provider: ${jobProvider}", found none`
      problems.push(errorAt({ file, line: 1, column: 1 }, message))
    }
    return here
  })
  const provisioners = [...new Set(found.map(({ provisioner }) => provisioner))]
  const all = provisioners.map((provisioner) => ({
    provisioner,
    portable: portableOf(
      found.filter((one) => one.provisioner === provisioner),
      account,
    ),
  }))
  return checked(all, problems)
}

function portableOf(resources: readonly ProvisionedResource[], account: Account | null): Portable {
  const of = (provider: string) => resources.filter(({ fields }) => fields.provider === provider)
  const challenged = new Set(of(challengeProvider).map(({ fields }) => destinationKey(fields)))
  const jobs: PortableJob[] = []
  const notes: string[] = []
  for (const { fields } of of(jobProvider)) {
    const job = readJob(fields, account)
    if (job === null) {
      const identifier = textOf(fields.identifier) ?? ''
      notes.push(`The ${jobProvider} ${identifier} has no destination_conf and is skipped.`)
      continue
    }
    jobs.push({ ...job, hadChallenge: job.hadChallenge || challenged.has(destinationKey(fields)) })
    notes.push(...notesOn(fields).map((note) => `${objectTitle(job.resource)}: ${note}`))
  }
  return { account, jobs, webhooks: [], policies: [], pagerduty: [], notes }
}

function notesOn(fields: Fields): readonly string[] {
  const unknown = Object.keys(fields).filter((key) => !jobKeys.has(key) && fields[key] !== null)
  return holding([
    [
      namesItself(fields) === null,
      'it has no name there, so its identifier is its name here; if it is live without a name, add "adopt: { id: … }" with its id, or a plan creates a second one.',
    ],
    [
      isObject(fields.overrides) || textOf(fields.defaults) !== null,
      'its defaults file and overrides are not read.',
    ],
    [unknown.length > 0, `unknown keys are not read: ${unknown.join(', ')}.`],
  ])
}

function destinationKey(fields: Fields): string {
  return JSON.stringify([zoneOf(fields), fields.destination_conf])
}

/** The files say `zone` and `name`; queries of app-interface rename them to `zone_name` and `job_name`. */
function zoneOf({ zone, zone_name }: Fields): string | null {
  return textOf(zone) ?? textOf(zone_name)
}

function namesItself({ name, job_name }: Fields): string | null {
  return textOf(name) ?? textOf(job_name)
}

function readJob(fields: Fields, account: Account | null): PortableJob | null {
  const home = account ?? { id: '', name: '' }
  const zone = zoneOf(fields)
  const scope: Scope =
    zone === null ? { kind: 'account', ...home } : { kind: 'zone', id: '', name: zone, account: home }
  const name = namesItself(fields) ?? textOf(fields.identifier) ?? ''
  const { id: _, ...rest } = fields
  return foreignJob(scope, name, rest)
}
