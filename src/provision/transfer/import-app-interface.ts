import { isObject } from '../../domain/plain-value.ts'
import type { Account, Scope } from '../../domain/scope.ts'
import type { ManifestText, ParseYaml } from '../manifest/manifest.ts'
import { plainValue } from '../manifest/tree.ts'
import { type Checked, checked, type Problem } from '../resource/problem.ts'
import { type Fields, foreignJob, textOf } from './foreign-job.ts'
import { objectTitle } from './placeholders.ts'
import type { Portable, PortableJob } from './portable.ts'

/*
 * Resource files of app-interface, where a namespace or a file of its own lists `externalResources`: mappings with
 * `provider: logpush_job` or `provider: logpush_ownership_challenge`, wherever in the file they stand.
 */

const jobProvider = 'logpush_job'
const challengeProvider = 'logpush_ownership_challenge'

export function importAppInterface(
  texts: readonly ManifestText[],
  account: Account | null,
  parseYaml: ParseYaml,
): Checked<Portable> {
  const problems: Problem[] = []
  const jobs: PortableJob[] = []
  const notes: string[] = []
  for (const { file, text } of texts) {
    const yaml = parseYaml(text)
    if (!yaml.ok) {
      problems.push(
        ...yaml.problems.map(({ at, message }) => ({
          at: { file, ...at },
          level: 'error' as const,
          message,
        })),
      )
      continue
    }
    const found = resourcesIn(plainValue(yaml.root))
    const challenged = new Set(
      found.filter(({ provider }) => provider === challengeProvider).map(destinationKey),
    )
    const here = found.filter(({ provider }) => provider === jobProvider)
    if (found.length === 0) {
      const message = `expected resources with "provider: ${jobProvider}", found none`
      problems.push({ at: { file, line: 1, column: 1 }, level: 'error', message })
    }
    for (const fields of here) {
      const job = readJob(fields, account)
      if (job === null) {
        notes.push(
          `The ${jobProvider} ${textOf(fields.identifier) ?? ''} has no destination_conf and is skipped.`,
        )
        continue
      }
      jobs.push({ ...job, hadChallenge: job.hadChallenge || challenged.has(destinationKey(fields)) })
      if (namesItself(fields) === null) {
        notes.push(
          `${objectTitle(job.resource)}: it has no name there, so its identifier is its name here; if it is live without a name, add "adopt: { id: … }" with its id, or a plan creates a second one.`,
        )
      }
      if (isObject(fields.overrides) || textOf(fields.defaults) !== null) {
        notes.push(`${objectTitle(job.resource)}: its defaults file and overrides are not read.`)
      }
    }
  }
  return checked({ account, jobs, webhooks: [], policies: [], pagerduty: [], notes }, problems)
}

function destinationKey(fields: Fields): string {
  return JSON.stringify([zoneOf(fields), fields.destination_conf])
}

/** The files say `zone` and `name`; queries of app-interface rename them to `zone_name` and `job_name`. */
function zoneOf({ zone, zone_name }: Fields): string | null {
  return textOf(zone) ?? textOf(zone_name)
}

function resourcesIn(value: unknown): readonly Fields[] {
  if (Array.isArray(value)) return value.flatMap(resourcesIn)
  if (!isObject(value)) return []
  const { provider } = value
  return provider === jobProvider || provider === challengeProvider
    ? [value]
    : Object.values(value).flatMap(resourcesIn)
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
