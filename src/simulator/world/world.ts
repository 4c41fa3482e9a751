import type { FailureName } from './failures.ts'
import { actByHand, actOn, foresee, settleUntil } from './happenings.ts'
import { findJob, type InjectedEvent, injectEvent, type JobRef } from './injection.ts'
import { type JobTimeline, latestPhase } from './job-timeline.ts'
import { addPolicy, addWebhook, type Delivery } from './notification-state.ts'
import { freshId, logpushAlertType } from './notifications.ts'
import type { SimClock } from './sim-clock.ts'
import { type Truth, type TruthQuery, truthOf } from './truth.ts'
import type {
  AccountSpec,
  HealthSettings,
  JobAction,
  JobSpec,
  Scenario,
  ScopeRef,
  ScriptStep,
  TokenSpec,
  WorldSpec,
  ZoneSpec,
} from './world-spec.ts'
import { addTimeline, createWorldState, type News, type WorldState } from './world-state.ts'

/** What tests and demos may do to a world. Everything that is done happens now, by the simulated clock. */
export interface World {
  /** For the simulator's own routes. */
  readonly state: WorldState
  readonly startMs: number
  /** Lets everything happen that is due by now. Reading and acting do it by themselves. */
  settle(): void
  accounts(): readonly AccountSpec[]
  zones(): readonly ZoneSpec[]
  /** Jobs that were not deleted. */
  jobs(): readonly JobTimeline[]
  /** Throws when there is no such job, or when several share the name. */
  job(ref: JobRef): JobTimeline
  addAccount(account: AccountSpec): void
  addZone(zone: ZoneSpec): void
  /** Adds a job that exists from now on, unless `createdMs` says otherwise; its id when none was given. */
  addJob(job: Omit<JobSpec, 'id'> & { readonly id?: number }): number
  breakJob(ref: JobRef, failure?: FailureName): void
  mendJob(ref: JobRef): void
  enableJob(ref: JobRef): void
  disableJob(ref: JobRef): void
  /** Deletes it, as a user would by the API. */
  removeJob(ref: JobRef): void
  setScenario(ref: JobRef, scenario: Scenario): void
  /** Puts every destination that begins like this out of order, for the jobs there are and those to come. */
  breakDestination(prefix: string, failure?: FailureName): void
  mendDestination(prefix: string): void
  /** Something to happen later; `atMs` counts from the start of the simulation. */
  schedule(step: ScriptStep): void
  inject(event: InjectedEvent): void
  setToken(token: TokenSpec): void
  setHealthSettings(scope: ScopeRef, settings: Partial<HealthSettings>): void
  /** A webhook and a policy that sends disable notifications to it, without a test message. */
  subscribe(target: { readonly accountId: string; readonly url: string; readonly secret?: string }): void
  /** The user agrees, in the browser, to connect a PagerDuty service. */
  consentPagerDuty(token: string, serviceName: string): void
  truth(query?: TruthQuery): Truth
}

export function createWorld(
  spec: WorldSpec,
  clock: SimClock,
  deliver: (delivery: Delivery) => void = () => {},
  tell: (news: News) => void = () => {},
): World {
  const startMs = clock.now()
  const state = createWorldState(spec, startMs)
  state.tell = tell
  state.deliver = deliver
  for (const job of state.jobs.values()) foresee(state, job)
  const settle = (): void => settleUntil(state, clock.now())
  settle()

  const job = (ref: JobRef): JobTimeline => findJob(state, ref)
  const act = (ref: JobRef, action: JobAction): void => {
    settle()
    actByHand(state, job(ref), clock.now(), action)
  }
  const liveJobs = (): JobTimeline[] =>
    [...state.jobs.values()].filter(({ deletedAtMs }) => deletedAtMs === null)
  const actOnDestination = (prefix: string, action: JobAction): void => {
    for (const each of liveJobs()) {
      if (latestPhase(each).destinationConf.startsWith(prefix)) actOn(state, each, clock.now(), action)
    }
  }

  return {
    state,
    startMs,
    settle,
    job,
    accounts: () => [...state.accounts.values()],
    zones: () => [...state.zones.values()],
    jobs: () => {
      settle()
      return liveJobs()
    },
    addAccount: (account) => void state.accounts.set(account.id, account),
    addZone: (zone) => void state.zones.set(zone.id, zone),
    addJob: (added) => {
      settle()
      const id = added.id ?? state.nextJobId
      foresee(state, addTimeline(state, { createdMs: clock.now() - startMs, ...added, id }))
      return id
    },
    breakJob: (ref, failure = 'access_denied') => act(ref, { kind: 'break', failure }),
    mendJob: (ref) => act(ref, { kind: 'mend' }),
    enableJob: (ref) => act(ref, { kind: 'enable' }),
    disableJob: (ref) => act(ref, { kind: 'disable' }),
    removeJob: (ref) => act(ref, { kind: 'delete' }),
    setScenario: (ref, scenario) => act(ref, { kind: 'scenario', scenario }),
    breakDestination: (prefix, failure = 'access_denied') => {
      settle()
      state.brokenDestinations.set(prefix, failure)
      actOnDestination(prefix, { kind: 'break', failure })
    },
    mendDestination: (prefix) => {
      settle()
      state.brokenDestinations.delete(prefix)
      actOnDestination(prefix, { kind: 'mend' })
    },
    schedule: (step) => {
      if (startMs + step.atMs < clock.now()) throw new RangeError('a step cannot be put into the past')
      state.script.push(step)
    },
    inject: (event) => {
      settle()
      injectEvent(state, job(event.job), event)
    },
    setToken: (token) => void state.tokens.set(token.text, token),
    setHealthSettings: (scope, settings) => {
      state.healthSettings.set(scope.id, { ...state.healthSettings.get(scope.id), ...settings })
    },
    subscribe: (target) => subscribe(state, target, clock.now()),
    consentPagerDuty: (token, serviceName) => {
      const connection = state.notifications.connections.get(token)
      if (connection === undefined) throw new Error('no such PagerDuty integration token')
      connection.consent = serviceName
    },
    truth: (query = {}) => {
      settle()
      return truthOf(state, clock.now(), query)
    },
  }
}

/** Adds a webhook and a policy that sends disable notifications to it, without the test message. */
function subscribe(
  state: WorldState,
  target: { readonly accountId: string; readonly url: string; readonly secret?: string },
  nowMs: number,
): void {
  const { accountId } = target
  const id = freshId(state, 'webhook')
  addWebhook(state.notifications, { id, name: 'exporter', ...target }, nowMs)
  const policy = {
    id: freshId(state, 'policy'),
    accountId,
    name: 'Logpush job disabled',
    alertType: logpushAlertType,
    mechanisms: { webhooks: [{ id }] },
  }
  addPolicy(state.notifications, policy, nowMs)
}
