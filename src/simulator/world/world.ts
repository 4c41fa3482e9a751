import type { FailureName } from './failures.ts'
import { actByHand, actOn, foresee, settleUntil } from './happenings.ts'
import { findJob, type InjectedEvent, injectEvent, type JobRef } from './injection.ts'
import { type JobTimeline, latestPhase } from './job-timeline.ts'
import { type Delivery, newPolicy, newWebhook } from './notification-state.ts'
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
  WebhookSpec,
  WorldSpec,
  ZoneSpec,
} from './world-spec.ts'
import { addTimeline, createWorldState, type News, type WorldState } from './world-state.ts'

export type World = ReturnType<typeof createWorld>

/** What tests and demos may do to a world. Everything that is done happens now, by the simulated clock. */
export function createWorld(
  spec: WorldSpec,
  clock: SimClock,
  deliver: (delivery: Delivery) => void = () => {},
  tell: (news: News) => void = () => {},
) {
  const startMs = clock.now()
  const state = createWorldState(spec, startMs)
  state.tell = tell
  state.deliver = deliver
  for (const job of state.jobs.values()) foresee(state, job)
  /** Lets everything happen that is due by now. Reading and acting do it by themselves. */
  const settle = (): void => settleUntil(state, clock.now())
  settle()

  /** Throws when there is no such job, or when several share the name. */
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
    /** For the simulator's own routes. */
    state,
    startMs,
    settle,
    job,
    accounts: (): readonly AccountSpec[] => [...state.accounts.values()],
    zones: (): readonly ZoneSpec[] => [...state.zones.values()],
    /** Jobs that were not deleted. */
    jobs: (): readonly JobTimeline[] => {
      settle()
      return liveJobs()
    },
    addAccount: (account: AccountSpec) => void state.accounts.set(account.id, account),
    addZone: (zone: ZoneSpec) => void state.zones.set(zone.id, zone),
    /** Adds a job that exists from now on, unless `createdMs` says otherwise; its id when none was given. */
    addJob: (added: Omit<JobSpec, 'id'> & { readonly id?: number }): number => {
      settle()
      const id = added.id ?? state.nextJobId
      foresee(state, addTimeline(state, { createdMs: clock.now() - startMs, ...added, id }))
      return id
    },
    breakJob: (ref: JobRef, failure: FailureName = 'access_denied') => act(ref, { kind: 'break', failure }),
    mendJob: (ref: JobRef) => act(ref, { kind: 'mend' }),
    enableJob: (ref: JobRef) => act(ref, { kind: 'enable' }),
    disableJob: (ref: JobRef) => act(ref, { kind: 'disable' }),
    /** Deletes it, as a user would by the API. */
    removeJob: (ref: JobRef) => act(ref, { kind: 'delete' }),
    setScenario: (ref: JobRef, scenario: Scenario) => act(ref, { kind: 'scenario', scenario }),
    /** Puts every destination that begins like this out of order, for the jobs there are and those to come. */
    breakDestination: (prefix: string, failure: FailureName = 'access_denied'): void => {
      settle()
      state.brokenDestinations.set(prefix, failure)
      actOnDestination(prefix, { kind: 'break', failure })
    },
    mendDestination: (prefix: string): void => {
      settle()
      state.brokenDestinations.delete(prefix)
      actOnDestination(prefix, { kind: 'mend' })
    },
    /** Something to happen later; `atMs` counts from the start of the simulation. */
    schedule: (step: ScriptStep): void => {
      if (startMs + step.atMs < clock.now()) throw new RangeError('a step cannot be put into the past')
      state.script.push(step)
    },
    inject: (event: InjectedEvent): void => {
      settle()
      injectEvent(state, job(event.job), event)
    },
    setToken: (token: TokenSpec) => void state.tokens.set(token.text, token),
    setHealthSettings: (scope: ScopeRef, settings: Partial<HealthSettings>): void => {
      state.healthSettings.set(scope.id, { ...state.healthSettings.get(scope.id), ...settings })
    },
    /** A webhook and a policy that sends disable notifications to it, without a test message. */
    subscribe: (target: Omit<WebhookSpec, 'id' | 'name'>) => subscribe(state, target, clock.now()),
    /** The user agrees, in the browser, to connect a PagerDuty service. */
    consentPagerDuty: (token: string, serviceName: string): void => {
      const connection = state.notifications.connections.get(token)
      if (connection === undefined) throw new Error('no such PagerDuty integration token')
      connection.consent = serviceName
    },
    truth: (query: TruthQuery = {}): Truth => {
      settle()
      return truthOf(state, clock.now(), query)
    },
  }
}

function subscribe(state: WorldState, target: Omit<WebhookSpec, 'id' | 'name'>, nowMs: number): void {
  const { accountId } = target
  const id = freshId(state, 'webhook')
  const { webhooks, policies } = state.notifications
  webhooks.set(id, newWebhook({ id, name: 'exporter', ...target }, nowMs))
  const policy = {
    id: freshId(state, 'policy'),
    accountId,
    name: 'Logpush job disabled',
    alertType: logpushAlertType,
    mechanisms: { webhooks: [{ id }] },
  }
  policies.set(policy.id, newPolicy(policy, nowMs))
}
