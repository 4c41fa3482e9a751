import type { AuditApi } from '../../ports/audit-log.ts'
import type { DirectoryApi, JobsApi, OwnershipApi, TokenApi } from '../../ports/cloudflare.ts'
import type { NotificationsApi } from '../../ports/notifications.ts'
import { createTransport, type TransportDeps } from '../transport.ts'
import { createAuditApi } from './audit-api.ts'
import { createDirectoryApi } from './directory-api.ts'
import { createHistoryApi } from './history-api.ts'
import { createJobsApi } from './jobs-api.ts'
import { createMechanismsApi } from './mechanisms-api.ts'
import { createOwnershipApi } from './ownership-api.ts'
import { createPoliciesApi } from './policies-api.ts'
import { createRest } from './rest.ts'
import { createTokenApi } from './token-api.ts'
import { createWebhooksApi } from './webhooks-api.ts'

export interface RestClient
  extends DirectoryApi,
    JobsApi,
    OwnershipApi,
    TokenApi,
    NotificationsApi,
    AuditApi {}

/** All of Cloudflare's REST API that this program uses. Methods may be taken off it and passed around. */
export function createRestClient(deps: TransportDeps): RestClient {
  const rest = createRest(deps, createTransport(deps))
  return {
    ...createDirectoryApi(rest),
    ...createJobsApi(rest),
    ...createOwnershipApi(rest),
    ...createTokenApi(rest),
    ...createPoliciesApi(rest),
    ...createWebhooksApi(rest),
    ...createMechanismsApi(rest),
    ...createHistoryApi(rest),
    ...createAuditApi(rest),
  }
}
