/*
 * The datasets we know (Cloudflare's API, October 2026). Several are added each year: a name that is not here
 * is a reason to ask whether it is misspelt, never a reason to refuse it.
 */

const zoneOnly = [
  'account_abuse_protection_events',
  'dns_logs',
  'http_requests',
  'nel_reports',
  'page_shield_events',
  'spectrum_events',
  'zaraz_events',
] as const

const accountOnly = [
  'access_requests',
  'audit_logs',
  'audit_logs_v2',
  'biso_user_actions',
  'casb_findings',
  'device_posture_results',
  'dex_application_tests',
  'dex_device_state_events',
  'dlp_forensic_copies',
  'dns_firewall_logs',
  'email_security_alerts',
  'email_security_post_delivery_events',
  'gateway_dns',
  'gateway_http',
  'gateway_network',
  'ipsec_logs',
  'magic_bgp_logs',
  'magic_ids_detections',
  'mcp_portal_logs',
  'mnm_flow_logs',
  'network_analytics_logs',
  'sinkhole_http_logs',
  'ssh_logs',
  'turnstile_events',
  'warp_config_changes',
  'warp_toggle_changes',
  'workers_trace_events',
  'zero_trust_network_sessions',
] as const

const either = ['firewall_events', 'websocket_analytics'] as const

export const knownDatasets: readonly string[] = [...zoneOnly, ...accountOnly, ...either]

/** The scopes a dataset exists in; null when we do not know the dataset. */
export function datasetScopes(dataset: string): readonly ('account' | 'zone')[] | null {
  const isIn = (list: readonly string[]) => list.includes(dataset)
  if (isIn(either)) return ['account', 'zone']
  if (isIn(zoneOnly)) return ['zone']
  return isIn(accountOnly) ? ['account'] : null
}

/** Datasets that take `filter_attack_traffic`. */
export const attackTrafficDatasets: readonly string[] = [
  'http_requests',
  'firewall_events',
  'network_analytics_logs',
]

/** Fields of a dataset that a filter may not name. */
export function unfilterableFields(dataset: string): readonly string[] {
  return dataset === 'firewall_events'
    ? ['Action', 'Description', 'Kind', 'MatchIndex', 'Metadata', 'OriginatorRayID', 'RuleID', 'Source']
    : []
}
