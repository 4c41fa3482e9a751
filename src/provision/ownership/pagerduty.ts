import type { Caller } from '../../access/caller.ts'
import { ApiFailure } from '../../errors.ts'
import type { NotificationsApi } from '../../ports/notifications.ts'

/*
 * Connecting PagerDuty to an account. Cloudflare makes an integration token; somebody consents at
 * PagerDuty, in a browser; the token then links the two. The dashboard does all of that by itself, so a
 * service that has appeared meanwhile needs no more linking.
 */

export interface PagerDutyService {
  readonly id: string
  readonly name: string
}

export interface PagerDutyDeps {
  readonly notifications: Pick<NotificationsApi, 'listPagerDuty' | 'connectPagerDuty' | 'completePagerDuty'>
  readonly call: Caller
}

export interface StartedConnection {
  readonly accountId: string
  readonly token: string
  /** The services that were connected before; null when that is not known any more. */
  readonly before: readonly PagerDutyService[] | null
}

/** Asks for an integration token: a write. */
export async function startConnection(
  { notifications, call }: PagerDutyDeps,
  accountId: string,
): Promise<StartedConnection> {
  const before = await call.read((options) => notifications.listPagerDuty(accountId, options))
  const { token } = await call.write((options) => notifications.connectPagerDuty(accountId, options))
  return { accountId, token, before }
}

/**
 * Links the account after the consent was given. Returns the services that are new (all, when nobody knows
 * which are); none when the consent has not reached Cloudflare.
 */
export async function completeConnection(
  { notifications, call }: PagerDutyDeps,
  { accountId, token, before }: StartedConnection,
): Promise<readonly PagerDutyService[]> {
  const news = async () => {
    const services = await call.read((options) => notifications.listPagerDuty(accountId, options))
    return services.filter(({ id }) => before?.some((known) => known.id === id) !== true)
  }
  const there = before === null ? [] : await news()
  if (there.length > 0) return there
  try {
    await call.write((options) => notifications.completePagerDuty(accountId, token, options))
  } catch (error) {
    if (!(error instanceof ApiFailure) || !isNotYet(error)) throw error
    if (before === null) return []
  }
  return news()
}

/** Cloudflare does not know the token's consent, which is no failure: it may still be on its way. */
function isNotYet({ kind }: ApiFailure): boolean {
  return kind === 'not_found' || kind === 'invalid_request'
}

type StepsFor = Readonly<Record<'accountId' | 'accountTitle' | 'token', string>>

export function browserSteps({ accountId, accountTitle, token }: StepsFor): readonly string[] {
  return [
    `Cloudflare made an integration token for ${accountTitle}: ${token}`,
    'Authorize it at PagerDuty in a browser, as someone who may add integrations there:',
    `  1. Open https://dash.cloudflare.com/${accountId}/notifications/destinations`,
    '  2. Choose "Connect" beside PagerDuty, sign in there, pick the service, and allow Cloudflare to notify it.',
    'Cloudflare documents no page that takes the token directly, so this goes through its dashboard.',
  ]
}

/** How to be paged without any connection at Cloudflare. */
export const alertmanagerWay: readonly string[] = [
  'Alternatively, let Alertmanager page; this needs no connection at Cloudflare. alerts/alertmanager.yaml sends the',
  'alerts of this exporter to PagerDuty (Events API v2, routing_key_file). It pages while a job still fails;',
  "Cloudflare's own notification comes about a day later, when the job is disabled.",
]

export function useInManifest(services: readonly PagerDutyService[]): readonly string[] {
  return services.map(
    ({ id, name }) => `Connected: ${name} (id ${id}). In a policy: pagerduty: [${JSON.stringify(name)}]`,
  )
}
