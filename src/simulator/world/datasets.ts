import type { ScopeKind } from './world-spec.ts'

interface Dataset {
  readonly scopes: readonly ScopeKind[]
  readonly fields: readonly string[]
  /** Needs Zero Trust: PII Read besides Logs Write. */
  readonly zeroTrust?: boolean
}

const words = (text: string): string[] => text.trim().split(/\s+/)

const usual = words('AccountID Datetime Timestamp ID Action UserID SourceIP Outcome')

const httpRequests = words(`
  BotScore BotScoreSrc CacheCacheStatus CacheResponseBytes CacheResponseStatus ClientASN ClientCountry
  ClientDeviceClass ClientIP ClientIPClass ClientRequestBytes ClientRequestHost ClientRequestMethod
  ClientRequestPath ClientRequestProtocol ClientRequestReferer ClientRequestScheme ClientRequestSource
  ClientRequestURI ClientRequestUserAgent ClientSSLCipher ClientSSLProtocol ClientSrcPort Cookies EdgeColoCode
  EdgeColoID EdgeEndTimestamp EdgePathingOp EdgePathingSrc EdgePathingStatus EdgeResponseBytes
  EdgeResponseContentType EdgeResponseStatus EdgeServerIP EdgeStartTimestamp EdgeTimeToFirstByteMs JA3Hash
  OriginIP OriginResponseBytes OriginResponseDurationMs OriginResponseStatus ParentRayID RayID RequestHeaders
  ResponseHeaders SecurityAction SecurityLevel SecurityRuleID SecuritySources WAFAttackScore
  WorkerCPUTime WorkerStatus WorkerSubrequest WorkerSubrequestCount ZoneName`)

const firewallEvents = words(`
  Action ClientASN ClientASNDescription ClientCountry ClientIP ClientIPClass ClientRequestHost
  ClientRequestMethod ClientRequestPath ClientRequestProtocol ClientRequestQuery ClientRequestScheme
  ClientRequestUserAgent Datetime Description EdgeColoCode EdgeResponseStatus Kind MatchIndex Metadata
  OriginResponseStatus OriginatorRayID RayID Ref RuleID Source`)

const dnsLogs = words(`
  ColoCode EDNSSubnet EDNSSubnetLength QueryName QueryType ResponseCached ResponseCode SourceIP Timestamp`)

const workersTraceEvents = words(`
  CPUTimeMs DispatchNamespace Entrypoint Event EventTimestampMs EventType Exceptions Logs Outcome ScriptName
  ScriptTags ScriptVersion WallTimeMs`)

const auditLogs = words(`
  ActionResult ActionType ActorEmail ActorID ActorIP ActorType ID Interface Metadata NewValue OldValue OwnerID
  ResourceID ResourceType When`)

const auditLogsV2 = words(`
  AccountID AccountName ActionDescription ActionResult ActionTimestamp ActionType ActorContext ActorEmail
  ActorID ActorIPAddress ActorTokenDetails ActorType AuditLogID Raw ResourceID ResourceProduct ResourceRequest
  ResourceResponse ResourceScope ResourceType ResourceValue ZoneID ZoneName`)

const gatewayHttp = words(`
  AccountID Action Datetime DestinationIP DeviceID DeviceName Email HTTPHost HTTPMethod HTTPStatusCode
  HTTPVersion PolicyID PolicyName SourceIP URL UserAgent UserID`)

const gatewayDns = words(`
  AccountID ColoCode Datetime DeviceID DeviceName Email Location MatchedCategoryNames PolicyID PolicyName
  QueryName QueryType RCode ResolverDecision SrcIP UserID`)

const accessRequests = words(`
  Action Allowed AppDomain AppUUID Connection Country CreatedAt Email IPAddress PurposeJustificationPrompt
  RayID TemporaryAccessApprovers UserUID`)

const zone = (fields: readonly string[]): Dataset => ({ scopes: ['zone'], fields })
const account = (fields: readonly string[]): Dataset => ({ scopes: ['account'], fields })
const zeroTrust = (fields: readonly string[]): Dataset => ({ scopes: ['account'], fields, zeroTrust: true })

const datasets: Readonly<Record<string, Dataset>> = {
  http_requests: zone(httpRequests),
  firewall_events: { scopes: ['zone', 'account'], fields: firewallEvents },
  dns_logs: zone(dnsLogs),
  nel_reports: zone(usual),
  page_shield_events: zone(usual),
  spectrum_events: zone(usual),
  zaraz_events: zone(usual),
  websocket_analytics: { scopes: ['zone', 'account'], fields: usual },
  account_abuse_protection_events: zone(usual),
  workers_trace_events: account(workersTraceEvents),
  audit_logs: account(auditLogs),
  audit_logs_v2: account(auditLogsV2),
  access_requests: zeroTrust(accessRequests),
  gateway_dns: zeroTrust(gatewayDns),
  gateway_http: zeroTrust(gatewayHttp),
  gateway_network: zeroTrust(usual),
  dex_application_tests: zeroTrust(usual),
  dex_device_state_events: zeroTrust(usual),
  ...Object.fromEntries(
    words(`biso_user_actions casb_findings device_posture_results dlp_forensic_copies dns_firewall_logs
      email_security_alerts email_security_post_delivery_events ipsec_logs magic_bgp_logs
      magic_ids_detections mcp_portal_logs mnm_flow_logs network_analytics_logs sinkhole_http_logs ssh_logs
      turnstile_events warp_config_changes warp_toggle_changes zero_trust_network_sessions`).map((name) => [
      name,
      account(usual),
    ]),
  ),
}

/** Null when there is no such dataset in that kind of scope. */
export function datasetFields(name: string, scope: ScopeKind): readonly string[] | null {
  const dataset = Object.hasOwn(datasets, name) ? datasets[name] : undefined
  return dataset?.scopes.includes(scope) === true ? dataset.fields : null
}

export function isZeroTrust(name: string): boolean {
  return Object.hasOwn(datasets, name) && datasets[name]?.zeroTrust === true
}
