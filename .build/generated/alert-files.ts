import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'

/*
 * The shipped alert files as values. Unknown keys are errors: neither promtool nor the operator would take them.
 */

/** The folder of the shipped alert files. */
export const alertsFolder = fileURLToPath(new URL('../../alerts/', import.meta.url))

const labels = z.record(z.string(), z.string())

const recordingRule = z.strictObject({ record: z.string(), expr: z.string(), labels: labels.optional() })

const alertRule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  keep_firing_for: z.string().optional(),
  labels,
  annotations: labels,
})

const ruleFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      interval: z.string(),
      rules: z.array(z.union([recordingRule, alertRule])),
    }),
  ),
})

export type RuleFile = z.infer<typeof ruleFile>
export type RuleGroup = RuleFile['groups'][number]
export type AlertRule = z.infer<typeof alertRule>
export type RecordingRule = z.infer<typeof recordingRule>

const matchers = z.array(z.string())

const route = z.strictObject({
  receiver: z.string(),
  matchers: matchers.optional(),
  group_by: z.array(z.string()).optional(),
  group_wait: z.string().optional(),
  group_interval: z.string().optional(),
  repeat_interval: z.string().optional(),
  get routes() {
    return z.array(route).optional()
  },
})

const pagerDuty = z.strictObject({
  routing_key_file: z.string(),
  url: z.string().optional(),
  send_resolved: z.boolean(),
  severity: z.string(),
  description: z.string(),
  class: z.string(),
  component: z.string(),
  group: z.string(),
  links: z.array(z.strictObject({ href: z.string(), text: z.string() })),
  details: labels,
})

const receiver = z.strictObject({
  name: z.string(),
  pagerduty_configs: z.array(pagerDuty).optional(),
  webhook_configs: z.array(z.strictObject({ url: z.string(), send_resolved: z.boolean() })).optional(),
})

const alertmanager = z.strictObject({
  route,
  receivers: z.array(receiver),
  inhibit_rules: z.array(
    z.strictObject({ source_matchers: matchers, target_matchers: matchers, equal: z.array(z.string()) }),
  ),
})

export type Route = z.infer<typeof route>
export type Receiver = z.infer<typeof receiver>
export type AlertmanagerFile = z.infer<typeof alertmanager>

/** The text of a file in the alerts folder. */
export function alertsText(name: string): string {
  return readFileSync(join(alertsFolder, name), 'utf8')
}

/** Names of the files of a folder inside the alerts folder, sorted. */
export function alertsFiles(folder: string, ending: string): readonly string[] {
  return readdirSync(join(alertsFolder, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .sort()
}

/** The rule files and the form the operator takes of each. */
export const ruleForms = [
  { rules: 'cloudflare-logpush.rules.yaml', wrapped: 'prometheusrule.yaml', name: 'cloudflare-logpush' },
  {
    rules: 'optional/watchdog.rules.yaml',
    wrapped: 'optional/watchdog.prometheusrule.yaml',
    name: 'cloudflare-logpush-watchdog',
  },
] as const

export function readRules(name: string): RuleFile {
  return ruleFile.parse(parse(alertsText(name)))
}

/** All groups of all shipped rule files. */
export function allGroups(): readonly RuleGroup[] {
  return ruleForms.flatMap(({ rules }) => readRules(rules).groups)
}

export function allAlerts(): readonly AlertRule[] {
  return allGroups().flatMap(({ rules }) => rules.flatMap((rule) => ('alert' in rule ? [rule] : [])))
}

export function allRecordings(): readonly RecordingRule[] {
  return allGroups().flatMap(({ rules }) => rules.flatMap((rule) => ('record' in rule ? [rule] : [])))
}

export function readAlertmanager(): AlertmanagerFile {
  return alertmanager.parse(parse(alertsText('alertmanager.yaml'), { merge: true }))
}
