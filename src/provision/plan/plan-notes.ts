import { holding } from '../../domain/holding.ts'
import { scopeTitle } from '../../domain/scope.ts'
import { someOf } from '../../domain/some-of.ts'
import { outputDefaults, outputOptionNames } from '../resource/output-form.ts'
import { type Actual, addressKey, addressTitle, type DesiredState } from '../resource/resource.ts'
import type { Change, Matched } from './change.ts'
import { isShortened } from './compare-notification.ts'
import { sortUndeclared } from './left-over.ts'
import { type PlanOptions, selects } from './plan-options.ts'

export interface PlanMatter {
  readonly desired: DesiredState
  readonly matched: readonly Matched[]
  readonly extra: readonly Actual[]
  readonly changes: readonly Change[]
  readonly options: Pick<PlanOptions, 'webhookRecords' | 'rotate'>
}

/** What the reader of a plan should know although nothing is done about it. */
export function planNotes(matter: PlanMatter): string[] {
  return [
    ...duplicates(matter),
    ...unknownSecrets(matter),
    ...possiblyDisabled(matter),
    ...resets(matter),
    ...gaps(matter),
  ]
}

function duplicates({ desired, matched, extra }: PlanMatter): string[] {
  const wanted = new Set(matched.map((pair) => addressKey(pair.desired.resource)))
  const deleted = new Set(sortUndeclared(extra, desired).deleted)
  return extra
    .filter((one) => wanted.has(addressKey(one.resource)) && !deleted.has(one))
    .map(
      ({ id, resource }) =>
        `${addressTitle(resource)} exists twice; the one with id ${id} is ignored: rename or delete it`,
    )
}

function unknownSecrets({ matched, options }: PlanMatter): string[] {
  return matched.flatMap((pair) => {
    if (pair.kind !== 'webhook') return []
    const { resource, secret } = pair.desired
    if (options.webhookRecords.has(addressKey(resource)) || selects(options.rotate, resource.name)) return []
    const again = `--rotate ${resource.name} sends it again`
    return holding([
      [
        secret !== null,
        `webhook ${resource.name}: Cloudflare never returns its secret and this machine did not send it, so it is not compared; ${again}`,
      ],
      [
        isShortened(resource.url, pair.actual),
        `webhook ${resource.name}: Cloudflare returns only the start of its address and this machine did not send it, so the rest is not compared; ${again}`,
      ],
    ])
  })
}

function possiblyDisabled({ changes }: PlanMatter): string[] {
  return changes.flatMap((change) => {
    if (change.kind !== 'job' || change.change === 'create' || change.change === 'delete') return []
    const { live, resource } = change.actual
    const on = change.fields.some(({ path, to }) => path === 'enabled' && to === true)
    return on && live.lastError !== null
      ? [`job ${resource.name} is disabled and its last upload failed: Cloudflare may have disabled it`]
      : []
  })
}

/** What a job that is taken over loses because its manifest says nothing of it. */
function resets({ changes }: PlanMatter): string[] {
  return changes.flatMap((change) => {
    if (change.kind !== 'job' || change.change === 'create' || change.change === 'delete') return []
    const { adopt, resource } = change.desired
    if (!adopt) return []
    const { options, fieldNames } = resource.output
    const defaults = outputDefaults(options.output_type)
    const isUnsaid =
      fieldNames === null && outputOptionNames.every((name) => options[name] === defaults[name])
    const lost = change.fields.map(({ path }) => path).filter((path) => path.startsWith('output.'))
    return isUnsaid && lost.length > 0
      ? [
          `${addressTitle(resource)} is taken over without "output", so what is live becomes the default: ${lost.join(', ')}; write it in the manifest to keep it`,
        ]
      : []
  })
}

/** Zones that a note names before it only counts the rest. */
const maxZones = 10

function gaps({ desired }: PlanMatter): string[] {
  return (desired.coverage ?? []).flatMap(({ account, dataset, uncovered }) => {
    if (uncovered.length === 0) return []
    const names = uncovered.map(({ id, name }) => name || id)
    const zones = uncovered.length === 1 ? 'zone has' : 'zones have'
    return [
      `${uncovered.length} ${zones} no ${dataset} job in this manifest, in ${scopeTitle(account)}: ${someOf(names, maxZones)}; select or exclude them under zones`,
    ]
  })
}
