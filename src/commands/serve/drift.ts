/*
 * `serve --manifest.file`: compares the manifest with what is live, again and again, and writes nothing. Loaded only
 * when there is a manifest. What cannot be read or compared keeps the last result and is said once.
 */

import { priority } from '../../access/budget.ts'
import type { Caller } from '../../access/caller.ts'
import { createWake } from '../../access/wake.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import { accountOf, type Scope } from '../../domain/scope.ts'
import { ApiFailure, UserError } from '../../errors.ts'
import { runPollLoop } from '../../exporter/poll-loop.ts'
import type { SelfState } from '../../exporter/state/self-state.ts'
import { type DriftObject, type DriftState, neverCompared } from '../../exporter/view/drift-state.ts'
import type { Clock, Log, Random } from '../../ports/runtime.ts'
import { compareManifest } from '../../provision/plan/drift.ts'
import { type Problem, problemText } from '../../provision/resource/problem.ts'
import type { Coverage } from '../../provision/resource/resource.ts'
import {
  parseManifest,
  processReferences,
  type ReferenceSettings,
  readManifestTexts,
} from '../manifest-files.ts'

type Reads = Parameters<typeof compareManifest>[1]

export interface DriftWatchDeps {
  readonly path: string
  readonly io: Pick<CommandIo, 'env' | 'readFile'>
  readonly references: ReferenceSettings
  readonly rest: Reads['directory'] & Reads['jobs'] & Reads['notifications']
  readonly call: Caller
  readonly self: SelfState
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export interface DriftWatch {
  state(): DriftState
  /** Compares until `stop`; what is under way then ends, at the latest when `abort` comes. */
  run(stop: AbortSignal, abort: AbortSignal): Promise<void>
  hurry(): void
}

export const manifestPoller = 'manifest'

/** How often the manifest is compared, and how often its file is looked at. */
export const compareEveryMs = 300_000
export const manifestCheckMs = 15_000
/** Calls at a time: the budget decides when each gets its turn. */
const parallel = 4
const maxShown = 5

export function createDriftWatch(deps: DriftWatchDeps): DriftWatch {
  const { clock, log, rest } = deps
  const wake = createWake(clock)
  let state = neverCompared
  let seen: string | null = null

  const texts = () => readManifestTexts([deps.path], deps.io)
  const troubled = (problem: string): void => {
    if (state.problem !== problem) {
      log.error(
        { problem },
        'cannot compare the manifest with the live configuration; keeping the last result',
      )
    }
    state = { ...state, problem }
  }
  const compare = async (call: Caller): Promise<void> => {
    const files = texts()
    seen = JSON.stringify(files)
    const manifest = parseManifest(files)
    if (!manifest.ok) return troubled(summary(manifest.problems))
    const drift = await compareManifest(manifest.value, {
      directory: rest,
      jobs: rest,
      notifications: rest,
      call,
      parallel,
      references: processReferences(deps.io, deps.references),
    })
    if (!drift.ok) return troubled(summary(drift.problems))
    if (state.problem !== null) log.info({}, 'comparing the manifest works again')
    const { coverage } = drift.value
    const label = accountLabels([...drift.value.objects.map(({ scope }) => scope), ...coverage.map(scopeOf)])
    const objects = drift.value.objects.map(({ scope, kind, name, change }) => ({
      account: label(scope),
      zone: scope.kind === 'account' ? '' : scope.name || scope.id,
      kind,
      name,
      change,
    }))
    tell(state, objects, log)
    const uncovered = coverage.map((one) => ({
      account: label(scopeOf(one)),
      dataset: one.dataset,
      zones: one.uncovered.length,
    }))
    state = { compared: { at: clock.now(), objects, uncovered }, problem: null }
  }
  const cycle = async (call: Caller): Promise<void> => {
    try {
      await compare(call)
    } catch (error) {
      if (error instanceof UserError) return troubled(fileProblem(error))
      // The poll loop logs and counts it.
      if (error instanceof ApiFailure && error.kind !== 'aborted')
        state = { ...state, problem: error.message }
      throw error
    }
  }
  /** Triggers when the file is not what it was when it was last read. */
  const lookOut = async (stop: AbortSignal): Promise<void> => {
    while (!stop.aborted) {
      await clock.sleep(manifestCheckMs, stop)
      try {
        if (!stop.aborted && JSON.stringify(texts()) !== seen) wake.trigger()
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        troubled(fileProblem(error))
      }
    }
  }

  return {
    state: () => state,
    hurry: wake.trigger,
    async run(stop, abort) {
      const loop = {
        name: manifestPoller,
        everyMs: () => compareEveryMs,
        cycle: (signal: AbortSignal) => cycle(deps.call.with({ priority: priority.discovery, stop, signal })),
      }
      await Promise.all([runPollLoop(loop, wake, { ...deps, stop, abort }), lookOut(stop)])
    },
  }
}

function fileProblem(error: UserError): string {
  return error.message.replace(/^--file/, '--manifest.file')
}

function summary(problems: readonly Problem[]): string {
  const mistakes = problems.filter(({ level }) => level === 'error').map(problemText)
  const more = mistakes.length > maxShown ? [`and ${mistakes.length - maxShown} more`] : []
  return [...mistakes.slice(0, maxShown), ...more].join('; ')
}

function tell({ compared }: DriftState, now: readonly DriftObject[], log: Log): void {
  const differing = now.filter(({ change }) => change !== 'none')
  const before = compared?.objects.filter(({ change }) => change !== 'none').length ?? 0
  if (differing.length === before) return
  if (differing.length === 0) log.info({}, 'drift resolved: live configuration matches the manifest')
  else {
    const named = differing.slice(0, maxShown).map(driftText)
    const fields = { objects: differing.length, changes: named }
    log.warn(fields, 'drift detected: live configuration differs from the manifest')
  }
}

function driftText({ account, zone, kind, name, change }: DriftObject): string {
  return `${change} ${kind} ${name} in ${zone === '' ? `account ${account}` : `zone ${zone}`}`
}

function scopeOf({ account }: Coverage): Scope {
  return account
}

/**
 * The label of a scope's account: its name, or its id where another account bears that too or nothing tells it. Of an
 * account that the manifest gives by its id, only its zones know the name.
 */
function accountLabels(scopes: readonly Scope[]): (scope: Scope) => string {
  const named = scopes.map(accountOf).filter(({ name }) => name !== '')
  const nameOf = new Map(named.map(({ id, name }) => [id, name]))
  return (scope) => {
    const { id } = accountOf(scope)
    const name = nameOf.get(id)
    const isShared = [...nameOf].some(([other, its]) => its === name && other !== id)
    return name === undefined || isShared ? id : name
  }
}
