import type { Caller } from '../../access/caller.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import type { RestClient } from '../../cloudflare/rest/rest-client.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import type { PlanningDeps } from '../../provision/plan/planning.ts'
import { planningProgress } from '../../provision/report/planning-progress.ts'
import type { referenceSettings } from '../../settings/reference-settings.ts'
import type { Values } from '../../settings/setting.ts'
import { openForCommand } from '../command-cloudflare.ts'
import { processReferences } from '../manifest-files.ts'
import type { sessionOptions } from './options.ts'

export interface Session {
  readonly rest: RestClient
  readonly clock: Clock
  readonly log: Log
  /** Keeps all requests inside `--cloudflare.budget-share`, and stops when the process is told to. */
  readonly call: Caller
  readonly parallel: number
  readonly planning: PlanningDeps
}

/** What the verbs that call Cloudflare are given; those that read no manifest allow no folder. */
export type SessionSettings = Values<typeof sessionOptions> & Partial<Values<typeof referenceSettings>>

/** @throws UserError when there is no API token. */
export async function openSession(settings: SessionSettings, io: CommandIo): Promise<Session> {
  const { rest, call, clock, log } = await openForCommand(settings, io, { reads: 'commandRead' })
  const { parallel } = settings
  const planning: PlanningDeps = {
    directory: rest,
    jobs: rest,
    notifications: rest,
    token: rest,
    call,
    parallel,
    references: processReferences(io, { referencesAllow: [], ...settings }),
    now: clock.now(),
    onPlanning: planningProgress(io.stderr, () => clock.monotonic()),
  }
  return { rest, clock, log, call, parallel, planning }
}
