import t from 'tap'
import { type ArrivalMatch, type ArrivalSubject, ruleFor } from '../../../src/domain/arrival/arrival-rule.ts'
import { arrivalRule } from '../../support/arrival-core.ts'

const subject: ArrivalSubject = {
  jobId: '7',
  jobName: 'http',
  dataset: 'http_requests',
  zone: { id: 'z1', name: 'quay.example' },
  account: { id: 'a1', name: 'Quay' },
  destinationType: 's3',
  bucket: 'quay-logs',
}
const rule = (match: ArrivalMatch, intervalMs = 1) => ({ ...arrivalRule, match, intervalMs })
const fits = (match: ArrivalMatch, edit: Partial<ArrivalSubject> = {}) =>
  ruleFor([rule(match)], { ...subject, ...edit }) !== null

t.test('a rule fits by all that it names', async (t) => {
  const whole: ArrivalMatch = {
    jobId: '7',
    jobName: 'http',
    dataset: 'http_requests',
    zone: 'quay.example',
    account: 'a1',
    destinationType: 's3',
    bucket: 'quay-logs',
  }
  t.ok(fits({}), 'one that names nothing fits all')
  t.ok(fits(whole))
  for (const key of Object.keys(whole)) {
    t.ok(fits({ [key]: Object.entries(whole).find(([name]) => name === key)?.[1] }), key)
    t.notOk(fits({ ...whole, [key]: 'other' }), `another ${key}`)
  }
})

t.test('zones and accounts go by id or name', async (t) => {
  for (const zone of ['z1', 'quay.example']) t.ok(fits({ zone }), zone)
  for (const account of ['a1', 'Quay']) t.ok(fits({ account }), account)
  t.notOk(fits({ zone: 'quay.example' }, { zone: null }), 'a job of an account has no zone')
  t.notOk(fits({ bucket: 'quay-logs' }, { bucket: null }))
})

t.test('the first rule that fits counts', async (t) => {
  const rules = [rule({ jobId: '8' }, 1), rule({ dataset: 'http_requests' }, 2), rule({}, 3)]
  t.equal(ruleFor(rules, subject)?.intervalMs, 2)
  t.equal(ruleFor(rules, { ...subject, dataset: 'dns_logs' })?.intervalMs, 3)
  t.equal(ruleFor(rules.slice(0, 2), { ...subject, dataset: 'dns_logs' }), null)
})
