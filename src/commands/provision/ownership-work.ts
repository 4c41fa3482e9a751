import type { CommandIo } from '../../cli/command-io.ts'
import { outputOption } from '../../cli/options.ts'
import {
  type OwnershipNeed,
  ownershipNeeds,
  withoutTokens,
} from '../../provision/ownership/ownership-needs.ts'
import { planManifest } from '../../provision/plan/planning.ts'
import { type Checked, checked } from '../../provision/resource/problem.ts'
import { parseManifest, readManifestTexts } from '../manifest-files.ts'
import { memoryOption } from './memory.ts'
import { manifestOptions, planOptions, resolvingOptions } from './options.ts'
import type { Session } from './session.ts'

/* What the verbs of `provision ownership` share. */

const { target } = planOptions
export const ownershipOptions = {
  ...manifestOptions,
  output: outputOption('text', 'json'),
  target,
  ...memoryOption,
  ...resolvingOptions,
}

export const nothingToProve = 'Nothing to verify: no change in this manifest needs a challenge.'

/** What apply would need proved now, tokens that a manifest names left out of account. */
export async function needsOf(
  { file, target: targets }: Readonly<Record<'file' | 'target', readonly string[]>>,
  session: Session,
  io: CommandIo,
): Promise<Checked<readonly OwnershipNeed[]>> {
  const read = parseManifest(readManifestTexts(file, io))
  if (!read.ok) return read
  const order = { targets, offline: true }
  const planned = await planManifest(withoutTokens(read.value), session.planning, order)
  if (!planned.ok) return planned
  const { plan, problems } = planned.value
  // What asks Cloudflare in vain does not matter here.
  const own = problems.filter(({ outside }) => outside !== true)
  return checked(ownershipNeeds(plan), own)
}
