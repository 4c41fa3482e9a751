import type { CommandIo } from '../../cli/command-io.ts'
import { type ExitCode, exitCode } from '../../errors.ts'
import type { GuardName } from '../../provision/plan/guard.ts'
import type { Planned } from '../../provision/plan/planning.ts'
import { type CarryOut, carryOutPlan } from './carry-out.ts'
import { mayGoAhead } from './consent.ts'
import { objectionsTo, printPlan } from './plan.ts'
import { complainOfPlan } from './problems.ts'

export interface AgreedApply extends Omit<CarryOut, 'plan'> {
  readonly planned: Planned
  readonly force: readonly GuardName[]
  readonly yes: boolean
  readonly question: string
}

/** Shows a plan, asks once, and carries it out, unless something in it is wrong or the guard objects. */
export async function agreeAndApply(
  { planned, force, yes, question, ...carry }: AgreedApply,
  io: CommandIo,
): Promise<ExitCode> {
  const { plan, problems } = planned
  const objections = objectionsTo(planned, force)
  // In JSON, stdout belongs to the events; the plan and the objections are for people.
  const shown = carry.output === 'json' ? { ...io, stdout: io.stderr } : io
  printPlan({ plan, objections, problems }, 'text', shown)
  const refused = complainOfPlan(problems, io)
  if (refused !== null) return refused
  if (objections.length > 0) return exitCode.guardObjected
  if (plan.changes.length > 0 && !(await mayGoAhead(question, yes, io))) return exitCode.failure
  return carryOutPlan({ plan, ...carry }, io)
}
