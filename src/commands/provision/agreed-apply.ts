import type { CommandIo } from '../../cli/command-io.ts'
import { type ExitCode, exitCode } from '../../errors.ts'
import type { ManifestText } from '../../provision/manifest/manifest.ts'
import type { GuardName } from '../../provision/plan/guard.ts'
import { type Planned, type PlanningOptions, planManifest } from '../../provision/plan/planning.ts'
import { parseManifest } from '../manifest-files.ts'
import { carryOutPlan } from './carry-out.ts'
import { mayGoAhead } from './consent.ts'
import { openMemory } from './memory.ts'
import { objectionsTo, printPlan } from './plan.ts'
import { complainOf, complainOfPlan, warnOf } from './problems.ts'
import { openProgress } from './progress.ts'
import { openSession, type SessionSettings } from './session.ts'

type ApplySettings = SessionSettings & {
  readonly output: 'text' | 'json'
  readonly force: readonly GuardName[]
  readonly yes: boolean
  readonly wait: number
  readonly cacheFolder: string | null
}

export interface ApplyOrder extends Pick<PlanningOptions, 'targets' | 'rotate' | 'offline'> {
  readonly texts: readonly ManifestText[]
  readonly question: string
  /** @throws UserError where the plan is not one to carry out. */
  readonly check: (planned: Planned) => void
}

/** Plans, shows the plan, asks once, and carries it out, unless something in it is wrong or the guard objects. */
export async function planAndApply(
  { texts, question, check, ...options }: ApplyOrder,
  settings: ApplySettings,
  io: CommandIo,
): Promise<ExitCode> {
  const { output, force, yes, wait } = settings
  const read = parseManifest(texts)
  if (!read.ok) return complainOf(read.problems, io)
  warnOf(read.warnings, io)
  const progress = openProgress(output, io)
  const session = await openSession(progress.logSettings(settings), {
    ...io,
    stderrStream: progress.logStream,
  })
  const memory = openMemory(settings, io, session)
  const webhookRecords = await memory.webhooks.load()
  const planned = await planManifest(read.value, session.planning, { ...options, webhookRecords })
  if (!planned.ok) return complainOf(planned.problems, io)
  const { plan, problems } = planned.value
  check(planned.value)
  const objections = objectionsTo(planned.value, force)
  // In JSON, stdout belongs to the events; the plan and the objections are for people.
  const shown = output === 'json' ? { ...io, stdout: io.stderr } : io
  printPlan({ plan, objections, problems }, 'text', shown)
  const refused = complainOfPlan(problems, io)
  if (refused !== null) return refused
  if (objections.length > 0) return exitCode.guardObjected
  if (plan.changes.length > 0 && !(await mayGoAhead(question, yes, io))) return exitCode.failure
  return carryOutPlan({ plan, session, memory, progress, output, wait }, io)
}
