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
      if (isObject(fields.overrides) || textOf(fields.defaults) !== null) {
        notes.push(`${objectTitle(job.resource)}: its defaults file and overrides are not read.`)
      }
    }
  }
  return checked({ account, jobs, webhooks: [], policies: [], pagerduty: [], notes }, problems)
}

function destinationKey({ zone_name, destination_conf }: Fields): string {
  return JSON.stringify([zone_name ?? null, destination_conf])
}

function resourcesIn(value: unknown): readonly Fields[] {
  if (Array.isArray(value)) return value.flatMap(resourcesIn)
  if (!isObject(value)) return []
  const { provider } = value
  return provider === jobProvider || provider === challengeProvider
    ? [value]
    : Object.values(value).flatMap(resourcesIn)
}

function readJob(fields: Fields, account: Account | null): PortableJob | null {
  const home = account ?? { id: '', name: '' }
  const zone = textOf(fields.zone_name)
  const scope: Scope =
    zone === null ? { kind: 'account', ...home } : { kind: 'zone', id: '', name: zone, account: home }
  const name = textOf(fields.job_name) ?? textOf(fields.name) ?? textOf(fields.identifier) ?? ''
  const { id: _, ...rest } = fields
  return foreignJob(scope, name, rest)
}
