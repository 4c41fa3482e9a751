import type { Caller } from '../../access/caller.ts'
import { didYouMean } from '../../domain/positioned.ts'
import { someOf } from '../../domain/some-of.ts'
import type { EpochMs } from '../../domain/time.ts'
import { exitCode, UserError } from '../../errors.ts'
import type { DirectoryApi, JobsApi, TokenApi } from '../../ports/cloudflare.ts'
import type { NotificationsApi } from '../../ports/notifications.ts'
import type { Manifest } from '../manifest/part.ts'
import type { ReferenceReaders } from '../manifest/resolve-text.ts'
import { isNamed, isOwned } from '../resource/owner.ts'
import { type Checked, checked, type Problem, sortProblems } from '../resource/problem.ts'
import type { ActualState, Address, DesiredState } from '../resource/resource.ts'
import type { Plan } from './change.ts'
import { checkAdoptions } from './check-adoptions.ts'
import { unlistedFindings } from './check-fields.ts'
import { checkLiveNames } from './check-live-names.ts'
import { checkNewNames } from './check-new-names.ts'
import { checkRules } from './check-rules.ts'
import { createFieldLists } from './field-lists.ts'
import { noFindings, together } from './findings.ts'
import { makeDestroyPlan, makePlan } from './plan.ts'
import { type PlanOptions, planEverything, selects } from './plan-options.ts'
import type { OnPlanning } from './planning-event.ts'
import { preflight } from './preflight.ts'
import { survey } from './survey.ts'
import { assumeLive, unreadReferences } from './unread-references.ts'

/*
 * From a manifest to a plan: references, scopes, what is live, the differences, and what Cloudflare would say
 * to them. Reads only.
 */

export interface PlanningDeps {
  readonly directory: DirectoryApi
  readonly jobs: Pick<JobsApi, 'listJobs' | 'listTransformers' | 'datasetFields' | 'validateDestination'>
  readonly notifications: Pick<
    NotificationsApi,
    'listWebhooks' | 'listPolicies' | 'listPagerDuty' | 'listAvailableAlerts' | 'listEligibleMechanisms'
  >
  readonly token: TokenApi
  readonly call: Caller
  readonly parallel: number
  readonly references: ReferenceReaders
  readonly now: EpochMs
  readonly onPlanning?: OnPlanning
}

export interface PlanningOptions extends PlanOptions {
  /** Leaves out what is only asked to warn early: names of fields, destinations, alerts, the token. */
  readonly offline: boolean
  /**
   * Leaves references unread, but for those that name accounts and zones: no secret is needed, and none gets out.
   * What they stand for is not compared.
   */
  readonly unread?: boolean
}

export interface Planned {
  readonly desired: DesiredState
  readonly actual: ActualState
  readonly plan: Plan
  /** What Cloudflare would refuse, and what else is wrong: a plan with errors is shown, and never applied. */
  readonly problems: readonly Problem[]
}

/**
 * A plan, unless references or scopes cannot be resolved.
 * @throws ApiFailure when what is live cannot be read; UserError when a target does not exist.
 */
export async function planManifest(
  manifest: Manifest,
  deps: PlanningDeps,
  given: Partial<PlanningOptions>,
): Promise<Checked<Planned>> {
  const options: PlanningOptions = { ...planEverything, offline: false, ...given }
  const extent = options.unread ? 'unread' : 'everything'
  const lists = createFieldLists(deps)
  const surveyed = await survey(manifest, deps, extent, lists)
  if (!surveyed.ok) return surveyed
  const { desired: wanted, actual, unlisted, problems } = surveyed.value
  const desired = options.unread ? assumeLive(wanted, actual) : wanted
  checkNames(options, desired, actual)
  const webhookRecords = options.unread ? planEverything.webhookRecords : options.webhookRecords
  const plan = makePlan(desired, actual, { ...options, webhookRecords })
  const unread = options.unread ? unreadNotes(manifest) : []
  const wrong = [
    ...checkLiveNames(desired, actual),
    ...checkAdoptions(desired, actual, options),
    ...checkNewNames(plan.changes),
    ...checkRules(manifest, desired),
  ]
  const found = together([
    { problems: [...problems, ...wrong], notes: [] },
    unlistedFindings(unlisted, plan.changes),
    options.offline ? noFindings : await preflight(plan, desired, lists, deps),
  ])
  const shown = { ...plan, notes: [...unread, ...plan.notes, ...found.notes] }
  return checked({ desired, actual, plan: shown, problems: sortProblems(found.problems) }, [])
}

const maxNamed = 20

function unreadNotes(manifest: Manifest): readonly string[] {
  const references = unreadReferences(manifest)
  if (references.length === 0) return []
  return [
    `no secret was read (--offline), so the values of these are neither compared nor checked: ${someOf(references, maxNamed)}`,
  ]
}

/** The plan that deletes what the manifest owns. It needs none of the manifest's secrets. */
export async function planDestroy(
  manifest: Manifest,
  deps: PlanningDeps,
  targets: readonly string[],
): Promise<Checked<Planned>> {
  const surveyed = await survey(manifest, deps, 'places', createFieldLists(deps))
  if (!surveyed.ok) return surveyed
  const { desired, actual, problems } = surveyed.value
  checkNames({ targets, rotate: [] }, desired, actual)
  return checked({ desired, actual, plan: makeDestroyPlan(desired, actual, targets), problems }, [])
}

function checkNames(
  { targets, rotate }: { readonly targets: readonly string[]; readonly rotate: readonly string[] },
  desired: DesiredState,
  actual: ActualState,
): void {
  const deletable = actual.resources.filter(
    ({ resource }) => isOwned(resource, desired.owners) || isNamed(resource, desired.removed),
  )
  const names = (objects: readonly { readonly resource: Address }[]) =>
    objects.map(({ resource }) => resource.name)
  const rotatable = desired.resources.filter(({ kind }) => kind !== 'policy')
  const lines = [
    ...unknownNames('rotate', rotate, names(rotatable)),
    ...unknownNames('--target', targets, names([...desired.resources, ...deletable])),
  ]
  if (lines.length > 0) throw new UserError(lines.join('\n'), exitCode.usage)
}

function unknownNames(flag: string, given: readonly string[], known: readonly string[]): readonly string[] {
  return given
    .filter((pattern) => !known.some((name) => selects([pattern], name)))
    .map((name) => `${flag} ${name}: nothing in the manifest has this name${didYouMean(name, known)}`)
}
