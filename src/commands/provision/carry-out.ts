import { randomBytes } from 'node:crypto'
import type { CommandIo } from '../../cli/command-io.ts'
import { type ExitCode, exitCode } from '../../errors.ts'
import { createObjectReader } from '../../objectstore/object-reader.ts'
import type { ObjectReader } from '../../ports/object-reader.ts'
import { applyPlan } from '../../provision/apply/apply.ts'
import { applyExitCode, applyReportLines } from '../../provision/apply/apply-outcome.ts'
import { createChallenges } from '../../provision/ownership/challenge.ts'
import type { Plan } from '../../provision/plan/change.ts'
import { addressKey } from '../../provision/resource/resource.ts'
import { webhookRecord } from '../../provision/resource/webhook-record.ts'
import { setting, type Table } from '../../settings/setting.ts'
import { duration } from '../../settings/setting-kinds.ts'
import { storeSettings } from '../object-stores.ts'
import type { Memory } from './memory.ts'
import type { ShownProgress } from './progress.ts'
import type { Session } from './session.ts'

export const waitOption = {
  wait: setting({
    flag: 'wait',
    kind: duration(0, 3_600_000),
    default: '2m',
    only: 'flag',
    help: 'How long to wait for a challenge file to appear and become readable.',
  }),
} satisfies Table

export interface CarryOut {
  readonly plan: Plan
  readonly session: Session
  readonly memory: Memory
  readonly progress: ShownProgress
  readonly output: 'text' | 'json'
  /** Milliseconds. */
  readonly wait: number
}

/** Carries out a plan that was agreed to, and says at the end what was done and what was not. */
export async function carryOutPlan(
  { plan, session, memory, progress, output, wait }: CarryOut,
  io: CommandIo,
): Promise<ExitCode> {
  if (plan.changes.length === 0 && output === 'text') return exitCode.done
  const { rest, call, clock, log, parallel } = session
  const challenges = createChallenges({
    ownership: rest,
    reader: processObjectReader(io),
    cache: memory.challenges,
    clock,
    call,
    waitMs: wait,
  })
  const report = await applyPlan(
    plan,
    {
      jobs: rest,
      notifications: rest,
      challenges,
      clock,
      call,
      log,
      onEvent: progress.show,
      onWebhookSent: ({ resource, secret }) => {
        const record = webhookRecord({ url: resource.url, secret }, randomBytes(16).toString('hex'))
        return memory.webhooks.save(addressKey(resource), record)
      },
    },
    { parallel, signal: io.signal },
  )
  if (output === 'text') for (const line of applyReportLines(report)) io.stdout(line)
  return applyExitCode(report)
}

export function processObjectReader({ env }: Pick<CommandIo, 'env'>): ObjectReader {
  return createObjectReader(storeSettings(env))
}
