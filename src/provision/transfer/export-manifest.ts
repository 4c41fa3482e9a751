import { parseDestination } from '../../domain/destination/destination.ts'
import { needsChallenge } from '../../domain/destination/limits.ts'
import { holding } from '../../domain/holding.ts'
import type { ParseYaml } from '../manifest/manifest.ts'
import { referenceText } from '../resource/reference.ts'
import { type Addressable, type Adoption, addressable, addressableJobs, capital } from './addressable.ts'
import { manifestText } from './manifest-writer.ts'
import { createPlaceholders, objectTitle, type Placeholders, variableName } from './placeholders.ts'
import type { Exported, Portable, PortableJob, PortablePolicy, PortableWebhook } from './portable.ts'
import { type DestinationForm, splitUrl } from './portable-destination.ts'
import { jobValue, type Mapping, said } from './portable-job.ts'
import { errorsOf, type ReadBackDeps } from './written-jobs.ts'

export interface ManifestExportOptions {
  /** Objects whose names start with it and a dash belong to the manifest; null: no owner is written. */
  readonly owner: string | null
  readonly title: string
  readonly parseYaml: ParseYaml
  /** The variable the account is read from, where the source does not say its id. */
  readonly accountVariable?: string
}

/** The variable an account is read from where the source does not say which it is. */
const anyAccountVariable = 'CLOUDFLARE_ACCOUNT_ID'

/** The variable of one of several accounts, by the name that the source has for it. */
export function accountVariableOf(name: string): string {
  return variableName(/account$/i.test(name) ? `${name} id` : `${name} account id`)
}

/**
 * Writes objects as a manifest. Each job is read back and compared with what it came from; what a manifest cannot
 * say of it is in the notes.
 */
export function exportManifest(portable: Portable, options: ManifestExportOptions): Exported {
  const { accountVariable = anyAccountVariable } = options
  const names = createPlaceholders()
  const notes = [...portable.notes]
  const jobs = checkedJobs(addressableJobs(portable.jobs, options.owner, notes), notes, {
    names,
    parseYaml: options.parseYaml,
  })
  const webhooks = addressable(portable.webhooks, options.owner, notes).map(({ object, adopt }) => {
    if (object.secret === 'unknown') {
      const title = capital(objectTitle(object.resource))
      notes.push(
        `${title}: Cloudflare does not report whether it has a secret; if it has none, remove "secret".`,
      )
    }
    return webhookValue(object, names, adopt)
  })
  const policies = addressable(portable.policies, options.owner, notes)
    .filter(({ object }) => isExpressible(object, notes))
    .map(({ object, adopt }) => policyValue(object, adopt))
  const { account } = portable
  const unknown = account === null || (account.id === '' && account.name === '')
  const value: Mapping = {
    version: 1,
    account: unknown
      ? { id: referenceText({ kind: 'env', name: accountVariable }) }
      : account.id === ''
        ? { name: account.name }
        : { id: account.id },
    ...said({ owner: options.owner, jobs, notifications: said({ webhooks, policies }) }),
  }
  const used = JSON.stringify(value)
  const variables = [
    ...(unknown ? [{ name: accountVariable, what: 'id of the account', value: null }] : []),
    ...names.variables.filter(({ name }) => used.includes(`{env:${name}}`)),
  ]
  return { text: manifestText(value, { title: options.title, variables, notes }), variables, notes }
}

/** Jobs field by field; with the whole destination behind a reference where that alone says it. */
function checkedJobs(
  jobs: readonly Addressable<PortableJob>[],
  notes: string[],
  deps: ReadBackDeps,
): readonly Mapping[] {
  const written =
    (form: DestinationForm) =>
    ({ object: { resource }, adopt }: Addressable<PortableJob>) => ({
      resource,
      value: jobValue(resource, deps.names, { form, adopt }),
    })
  const byFields = jobs.map(written('fields'))
  const mistakes = errorsOf(byFields, deps)
  return jobs.map((job, index) => {
    const title = capital(objectTitle(job.object.resource))
    notes.push(...leftBehind(job.object).map((note) => `${title}: ${note}`))
    const fields = byFields[index] ?? written('fields')(job)
    const wrong = mistakes[index] ?? []
    if (wrong.length === 0) return fields.value
    const whole = written('whole')(job)
    const left = errorsOf([whole], deps).flat()
    notes.push(...left.map((mistake) => `${title}: ${mistake}.`))
    return left.length < wrong.length ? whole.value : fields.value
  })
}

function leftBehind({ resource, logpullOptions, frequency, hadChallenge }: PortableJob): readonly string[] {
  const { fieldNames, unknown } = resource.output
  const isAsked = needsChallenge(parseDestination(resource.destinationConf.reveal()))
  const newer = Object.keys(unknown)
  return holding([
    [
      logpullOptions !== null && fieldNames === null,
      'its deprecated logpull_options are left unchanged; to replace them, list its fields under output.',
    ],
    [frequency === 'low', 'its deprecated frequency "low" is left unchanged; upload covers the same.'],
    [
      hadChallenge && isAsked,
      'its ownership challenge is not imported: it is valid for 7 days, and needed again only when the destination changes.',
    ],
    [newer.length > 0, `unknown output options are kept but not written: ${newer.join(', ')}.`],
  ])
}

function webhookValue({ resource, secret }: PortableWebhook, names: Placeholders, adopt: Adoption): Mapping {
  const hide = (field: string, value: PortableWebhook['secret']) =>
    referenceText({ kind: 'env', name: names.nameOf(resource, field, value === 'unknown' ? null : value) })
  const { host, rest } = splitUrl(resource.url)
  return {
    name: resource.name,
    url: host === null ? hide('url', resource.url) : `${host}${rest === null ? '' : hide('url.path', rest)}`,
    ...said({ secret: secret === null ? null : hide('secret', secret), adopt }),
  }
}

function isExpressible({ resource }: PortablePolicy, notes: string[]): boolean {
  const { email, webhooks, pagerduty } = resource
  const title = capital(objectTitle(resource))
  const isHeard = email.length + webhooks.length + pagerduty.length > 0
  if (!isHeard) notes.push(`${title} is skipped: it notifies nobody.`)
  return isHeard
}

function policyValue({ resource }: PortablePolicy, adopt: Adoption): Mapping {
  const { name, alertType, enabled, description, filters, email, webhooks, pagerduty } = resource
  return {
    name,
    alert: alertType,
    enabled,
    ...said({ description, filters, email, webhooks, pagerduty, adopt }),
  }
}
