import { Document, Scalar, visit } from 'yaml'
import type { AlertmanagerFile, Receiver, Route, RuleFile } from './alert-files.ts'

/*
 * The shipped alert files in the form that the Prometheus operator takes: the same content, other names.
 */

const labels = {
  'app.kubernetes.io/name': 'logpush-exporter',
  'app.kubernetes.io/part-of': 'logpush-exporter',
  'app.kubernetes.io/component': 'alerts',
}

export function prometheusRule(name: string, { groups }: RuleFile) {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name, labels },
    spec: { groups },
  }
}

/** Where the operator finds what the plain file reads from files or has in the open. */
export const secretKeys = {
  pageRoutingKey: 'page-routing-key',
  ticketRoutingKey: 'ticket-routing-key',
  heartbeatUrl: 'heartbeat-url',
} as const

const secretName = 'cloudflare-logpush-alerting'

/**
 * The route of our service, its receivers and the inhibit rules. The operator adds the namespace to all matchers
 * by itself; the root route of the plain file belongs to whoever owns the Alertmanager.
 */
export function alertmanagerConfig({ route, receivers, inhibit_rules }: AlertmanagerFile) {
  const [own] = route.routes ?? []
  if (own === undefined) throw new Error('alertmanager.yaml has no route for our service')
  const used = receiverNames(own)
  return {
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'AlertmanagerConfig',
    metadata: { name: 'cloudflare-logpush', labels },
    spec: {
      route: operatorRoute(own),
      receivers: receivers.filter(({ name }) => used.has(name)).map(operatorReceiver),
      inhibitRules: inhibit_rules.map(({ source_matchers, target_matchers, equal }) => ({
        sourceMatch: source_matchers.map(operatorMatcher),
        targetMatch: target_matchers.map(operatorMatcher),
        equal,
      })),
    },
  }
}

function receiverNames(route: Route): Set<string> {
  return new Set([route.receiver, ...(route.routes ?? []).flatMap((child) => [...receiverNames(child)])])
}

interface OperatorRoute {
  readonly receiver: string
  readonly matchers?: readonly OperatorMatcher[]
  readonly groupBy?: readonly string[]
  readonly groupWait?: string
  readonly groupInterval?: string
  readonly repeatInterval?: string
  readonly routes?: readonly OperatorRoute[]
}

function operatorRoute(route: Route): OperatorRoute {
  return {
    receiver: route.receiver,
    ...(route.matchers && { matchers: route.matchers.map(operatorMatcher) }),
    ...(route.group_by && { groupBy: route.group_by }),
    ...(route.group_wait && { groupWait: route.group_wait }),
    ...(route.group_interval && { groupInterval: route.group_interval }),
    ...(route.repeat_interval && { repeatInterval: route.repeat_interval }),
    ...(route.routes && { routes: route.routes.map(operatorRoute) }),
  }
}

export interface OperatorMatcher {
  readonly name: string
  readonly matchType: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** A matcher in Alertmanager's own notation, e.g. `severity=~"warning|info"`, taken apart. */
export function operatorMatcher(text: string): OperatorMatcher {
  const [, name, matchType, value] = /^(\w+)(=~|!~|!=|=)"([^"\\]*)"$/.exec(text) ?? []
  if (name === undefined || value === undefined || !isMatchType(matchType)) {
    throw new Error(`cannot read the matcher ${text}`)
  }
  return { name, matchType, value }
}

function isMatchType(text: string | undefined): text is OperatorMatcher['matchType'] {
  return text === '=' || text === '!=' || text === '=~' || text === '!~'
}

function operatorReceiver({ name, pagerduty_configs, webhook_configs }: Receiver) {
  const key = name === 'logpush-page' ? secretKeys.pageRoutingKey : secretKeys.ticketRoutingKey
  return {
    name,
    ...(pagerduty_configs && {
      pagerdutyConfigs: pagerduty_configs.map((config) => ({
        sendResolved: config.send_resolved,
        routingKey: { name: secretName, key },
        severity: config.severity,
        description: config.description,
        class: config.class,
        component: config.component,
        group: config.group,
        pagerDutyLinkConfigs: config.links.map(({ href, text }) => ({ href, alt: text })),
        details: Object.entries(config.details).map(([detail, value]) => ({ key: detail, value })),
      })),
    }),
    ...(webhook_configs && {
      webhookConfigs: webhook_configs.map(({ send_resolved }) => ({
        sendResolved: send_resolved,
        urlSecret: { name: secretName, key: secretKeys.heartbeatUrl },
      })),
    }),
  }
}

/** The text of a generated file. */
export function generatedText(source: string, value: unknown, notes: readonly string[] = []): string {
  const head = [`Made from ${source} by: npm run generate`, 'Change that file, not this one.', ...notes]
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_, node) {
      // A bare = is no text in YAML 1.1, which is what some readers of these files speak.
      if (node.value === '=') node.type = Scalar.QUOTE_DOUBLE
    },
  })
  return `${head.map((line) => `# ${line}`).join('\n')}\n${document.toString({ lineWidth: 0 })}`
}
