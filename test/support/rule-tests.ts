import { parse } from 'yaml'
import { z } from 'zod'
import { alertsFiles, alertsText } from '../../.build/generated/alert-files.ts'

/* The promtool test files as values: only what other tests read of them. */

const labels = z.record(z.string(), z.string())

const testFile = z.object({
  rule_files: z.array(z.string()),
  tests: z.array(
    z.object({
      name: z.string(),
      promql_expr_test: z
        .array(z.object({ expr: z.string(), eval_time: z.string(), exp_samples: z.array(z.unknown()) }))
        .default([]),
      alert_rule_test: z
        .array(
          z.object({
            alertname: z.string(),
            exp_alerts: z.array(z.object({ exp_labels: labels, exp_annotations: labels })).default([]),
          }),
        )
        .default([]),
    }),
  ),
})

export interface ExpectedAlert {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export const ruleTestFiles = alertsFiles('tests', '.test.yaml')

/** Rule tests over days and weeks, half of the work of all: run by rules.long.ts. */
export const isLongRuleTest = (file: string): boolean => /(?:history|week|quiet|slow)\.test\.yaml$/.test(file)

const cases = ruleTestFiles.flatMap((file) => testFile.parse(parse(alertsText(file))).tests)

/** How many named cases and single checks the files hold. */
export const ruleTestCounts = {
  cases: cases.length,
  checks: cases.reduce((sum, one) => sum + one.promql_expr_test.length + one.alert_rule_test.length, 0),
}

/** Every alert as the tests expect it to fire, with its templates filled in. */
export const expectedAlerts: readonly ExpectedAlert[] = cases.flatMap((one) =>
  one.alert_rule_test.flatMap(({ alertname, exp_alerts }) =>
    exp_alerts.map(({ exp_labels, exp_annotations }) => ({
      name: alertname,
      labels: exp_labels,
      annotations: exp_annotations,
    })),
  ),
)

/** The named cases that expect the alert at one moment and its absence at another. */
export function casesOf(alert: string): { readonly fires: number; readonly silent: number } {
  const mentions = cases.map((one) => {
    const checks = one.promql_expr_test.filter(({ expr }) => expr.includes('ALERTS') && covers(expr, alert))
    const alerts = one.alert_rule_test.filter(({ alertname }) => alertname === alert)
    return {
      fires: alerts.some(({ exp_alerts }) => exp_alerts.length > 0),
      silent:
        checks.some(({ exp_samples }) => exp_samples.length === 0) ||
        alerts.some(({ exp_alerts }) => exp_alerts.length === 0),
    }
  })
  return {
    fires: mentions.filter(({ fires }) => fires).length,
    silent: mentions.filter(({ silent }) => silent).length,
  }
}

/** Whether a query of ALERTS is about the alert; only one alert has a window. */
function covers(expr: string, alert: string): boolean {
  const named = /alertname="(\w+)"/.exec(expr)?.[1]
  return named === undefined ? expr.includes('window=') && alert.endsWith('ErrorBudgetBurn') : named === alert
}
