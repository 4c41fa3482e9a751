import t from 'tap'
import type { JobRecord } from '../../src/domain/job/job.ts'
import { scopeKey } from '../../src/domain/scope.ts'
import { Secret } from '../../src/domain/secret.ts'
import { aJob, createCore, zone } from '../support/exporter-core.ts'

/*
 * Destinations whose errors repeat their credentials, as real ones do: whatever form they take, they stand neither
 * in the state, which metrics and pages are made of, nor in the log, nor in the store.
 */

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** Credentials of all lengths, each a text that stands nowhere else. */
const canaries = ['zq7', 'Qxv9', 'wyzzy', 'Xj4pLq', 's3cr3tTok9', 'zq;7/x=', `canary-${'0a1b'.repeat(9)}`]

const confs: readonly ((value: string) => string)[] = [
  (value) =>
    `splunk://s.example:8088/services/collector/raw?channel=c&header_Authorization=Splunk%20${value}`,
  (value) => `https://logs.example.com/in?header_Authorization=Bearer%20${value}`,
  (value) =>
    `https://logs.example.com/in?header_Authorization=Basic%20${encodeURIComponent(base64(`user:${decodeURIComponent(value)}`))}`,
  (value) => `datadog://http-intake.logs.datadoghq.com/v1/input?header_DD-API-KEY=${value}`,
  (value) => `s3://quay-logs/http?region=us-east-1&access-key-id=AKIAEXAMPLE&secret-access-key=${value}`,
  (value) => `https://user:${value}@logs.example.com/in`,
]

const texts: readonly ((form: string, conf: string) => string)[] = [
  (form) => `Invalid ${form} for index`,
  (form) => `unexpected status 403: Authorization: Splunk ${form}`,
  (_, conf) => `Post "${conf}": context deadline exceeded`,
  (form, conf) => `${'so '.repeat(600)}Post ${conf}: ${form}`,
]

function forms(canary: string): readonly string[] {
  const encoded = encodeURIComponent(canary)
  return [canary, encoded, encodeURIComponent(encoded), base64(canary), base64(canary).replace(/=+$/, '')]
}

t.test('no credential of a destination comes back in what its errors leave behind', async (t) => {
  const one = zone('one.example')
  for (const canary of canaries) {
    const jobs = confs.flatMap((conf) =>
      texts.flatMap((text) =>
        forms(canary).map((form): JobRecord => {
          const whole = conf(encodeURIComponent(canary))
          return aJob('', { destinationConf: new Secret(whole), errorMessage: new Secret(text(form, whole)) })
        }),
      ),
    )
    const core = createCore({ jobs: () => jobs.map((job, index) => ({ ...job, id: String(index) })) })
    core.state.setScopes([one])
    await core.pollInventory()
    const state = core.state.scope(scopeKey(one))
    t.equal(state?.jobs.size, confs.length * texts.length * forms(canary).length)
    const messages = [...(state?.jobs.values() ?? [])].map(({ summary }) => summary.failure?.message ?? '')
    t.notMatch(messages.join(''), /^$/, 'there are messages')
    const left = [
      ...messages,
      ...[...(state?.jobs.values() ?? [])].map((job) => JSON.stringify(job)),
      ...core.log.lines.map((line) => JSON.stringify(line)),
      ...core.store.keys('').map((key) => JSON.stringify(core.store.get(key))),
    ]
    t.same(
      left.filter((text) => forms(canary).some((form) => text.includes(form))),
      [],
      canary,
    )
  }
})
