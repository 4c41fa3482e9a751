import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { alertsText, ruleForms } from '../../../.build/generated/alert-files.ts'
import {
  shortenedScrapeMs,
  shortenRoutes,
  shortenRules,
} from '../../../src/commands/demo/shortened-alerts.ts'
import { missingPrograms, runProgram } from '../../support/programs.ts'

const to = { pagerDutyUrl: 'http://127.0.0.1:1234', keyFile: '/tmp/a key' }
const routes = alertsText('alertmanager.yaml')

/** A text with all lengths of time taken out, so that the rest can be compared. */
function timeless(text: string): string {
  return text
    .replace(/\b\d+(ms|[smhdw])\b/g, '…')
    .replace(/ \* [\d.]+\b(?! 0)/g, ' * …')
    .replace(/( source\) \(cloudflare_logpush_data_timestamp_seconds)\{source="inventory"\}/, '$1')
}

t.test('every length of time is divided, and nothing else is changed', async (t) => {
  const text = [
    'groups:',
    '  - name: one',
    '    interval: 30s',
    '    rules:',
    '      - record: a:b:c',
    '        expr: increase(x[1h:5m]) + rate(x[5m] offset 1w) > 12 * 3600 and y > 3 * 60 and z < 2 * 0.001',
    '      - alert: One',
    '        expr: absent(x)',
    '        for: 10m',
    '      - alert: Two',
    '        expr: x > 14 * 86400',
    '        for: 5m',
    '        keep_firing_for: 15m',
    '        annotations:',
    '          summary: In the last 15 minutes, for 10m.',
    '',
  ].join('\n')
  t.same(shortenRules(text, 60).split('\n'), [
    'groups:',
    '  - name: one',
    '    interval: 1000ms',
    '    rules:',
    '      - record: a:b:c',
    '        expr: increase(x[60000ms:5000ms]) + rate(x[5000ms] offset 10080000ms) > 12 * 60 and y > 3 * 1 and z < 2 * 0.001',
    '      - alert: One',
    '        expr: absent(x)',
    '        for: 10000ms',
    '      - alert: Two',
    '        expr: x > 14 * 1440',
    '        for: 5000ms',
    '        keep_firing_for: 15000ms',
    '        annotations:',
    '          summary: In the last 15 minutes, for 10m.',
    '',
  ])
  for (const { rules } of ruleForms) {
    const shipped = alertsText(rules)
    t.equal(timeless(shortenRules(shipped, 120)), timeless(shipped), rules)
  }
  t.equal(shortenedScrapeMs(1), 30_000)
  t.equal(shortenedScrapeMs(10), 3_000)
  t.equal(shortenedScrapeMs(1000), 1_000)
})

t.test('each unit is as long as it says, and a wait has a floor', async (t) => {
  for (const [length, ms] of [
    ['20s', 20_000],
    ['1m', 60_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
  ] as const)
    t.equal(shortenRules(`for: ${length}`, 1), `for: ${ms}ms`)
  t.equal(shortenRoutes('group_interval: 5m', 10, to), 'group_interval: 30000ms')
  t.equal(shortenRoutes('group_wait: 1s', 10, to), 'group_wait: 200ms')
  t.equal(shortenRoutes('group_wait: 0s', 10, to), 'group_wait: 0s')
})

t.test('the age of health data is left out where its limit is shorter than 90 seconds', async (t) => {
  const record = 'scope:cloudflare_logpush_data_age_seconds:min'
  const rule = (factor: number) =>
    shortenRules(
      `  - record: ${record}\n    expr: time() - cloudflare_logpush_data_timestamp_seconds\n`,
      factor,
    )
  t.match(rule(10), /time\(\) - cloudflare_logpush_data_timestamp_seconds\n$/)
  t.match(rule(11), /time\(\) - cloudflare_logpush_data_timestamp_seconds\{source="inventory"\}\n$/)
})

t.test('no length of time in the shipped files is missed', async (t) => {
  for (const { rules } of ruleForms) {
    const short = shortenRules(alertsText(rules), 120).replace(/^#.*$/gm, '')
    const left = short.match(/\[\d+[smhdw]\b|offset \d+[smhdw]\b|for: \d+[smhdw]$|\* (?:3600|86400)\b/gm)
    t.same(left ?? [], [], rules)
  }
  const short = shortenRoutes(routes, 120, to)
  t.same(short.match(/(?:group_wait|_interval): \d+[smhdw]$/gm) ?? [], ['group_wait: 0s'])
  t.equal(
    short.match(/routing_key_file: "\/tmp\/a key"\n +url: http:\/\/127\.0\.0\.1:1234\/v2\/enqueue/g)?.length,
    2,
  )
  t.match(short, /- url: http:\/\/127\.0\.0\.1:1234\/heartbeat\n/)
  t.notMatch(short, /example\.com|\/run\/secrets/)
})

t.test('the programs take them', { skip: missingPrograms('promtool', 'amtool') }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'shortened-'))
  t.teardown(async () => rmSync(folder, { recursive: true }))
  for (const factor of [10, 120]) {
    const rules = ruleForms.map(({ rules }, index) => {
      const path = join(folder, `${factor}-${index}.rules.yaml`)
      writeFileSync(path, shortenRules(alertsText(rules), factor))
      return path
    })
    const check = await runProgram('promtool', ['check', 'rules', '--lint-fatal', ...rules])
    t.equal(check.status, 0, check.output)
    const config = join(folder, `${factor}.yaml`)
    writeFileSync(config, shortenRoutes(routes, factor, to))
    const amtool = await runProgram('amtool', ['check-config', config])
    t.equal(amtool.status, 0, amtool.output)
  }
})
