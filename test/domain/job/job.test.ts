import { inspect } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import type { JobSummary } from '../../../src/domain/job/job.ts'
import { type JobState, notifyDisabled, notifyEnded, seeJob } from '../../../src/domain/job/job-state.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { scopeFromRecord } from '../../../src/domain/job/stored-job.ts'
import { clampLimits, safeLimits } from '../../../src/domain/ledger/window.ts'
import { accountOf, scopeKey, scopeTitle } from '../../../src/domain/scope.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { startOfMinute } from '../../../src/domain/time.ts'
import { aJob, quay, quayAccount, zone } from '../../support/exporter-core.ts'
import { holds } from '../../support/property.ts'

const at = Date.UTC(2026, 10, 24, 3, 0, 0)
const minute = 60_000
const hour = 60 * minute

function summary(edit: Partial<JobSummary> = {}): JobSummary {
  return { ...summarise(aJob('7')), ...edit }
}

const broken = { lastError: at - 5_000, failure: { reason: 'auth', message: 'denied' } } as const

function seen(...sights: readonly Partial<JobSummary>[]): JobState {
  const first = seeJob(null, summary(sights[0]), at)
  return sights
    .slice(1)
    .reduce((state, sight, index) => seeJob(state, summary(sight), at + (index + 1) * minute), first)
}

t.test('a job fails since its first error, through all that follow, until a success', async (t) => {
  const failing = seen({}, broken, { ...broken, lastError: at + minute })
  t.equal(failing.failingSince, at - 5_000)
  t.equal(seeJob(failing, summary(), at + 5 * minute).failingSince, null)
  t.equal(
    seen({ lastError: null, failure: { reason: 'dns', message: 'x' } }).failingSince,
    at,
    'an error without a time counts from its sight',
  )
})

t.test('a job that is disabled after it failed for 20 hours was disabled by Cloudflare', async (t) => {
  const failing = seen({ lastComplete: at - minute }, broken)
  const after = (hours: number, edit: Partial<JobSummary> = {}) =>
    seeJob(failing, summary({ ...broken, enabled: false, ...edit }), broken.lastError + hours * hour)
  t.same(after(20).disabledByFailure, { how: 'seen', at: broken.lastError + 20 * hour })
  t.equal(
    after(24, { lastError: null, failure: null }).disabledByFailure?.how,
    'seen',
    'the error may be gone',
  )
  t.equal(after(19.9).disabledByFailure, null, 'a person disabled it: Cloudflare waits for about a day')
  t.equal(
    after(24, { lastComplete: at + 12 * hour }).disabledByFailure,
    null,
    'it delivered in between, so the failure that it ended with is younger',
  )
  const stays = seeJob(after(20), summary({ ...broken, enabled: false }), at + 30 * hour)
  t.same(stays.disabledByFailure, { how: 'seen', at: broken.lastError + 20 * hour })
  t.equal(seeJob(stays, summary(), at + 31 * hour).disabledByFailure, null, 'enabled again, it is over')
  t.equal(stays.failingSince, null, 'a disabled job does not push, so it does not fail')
})

t.test('a person who disables a job alerts nobody', async (t) => {
  const off = (before: Partial<JobSummary>, edit: Partial<JobSummary> = {}) =>
    seen(before, { ...before, ...edit, enabled: false }).disabledByFailure
  t.equal(off({}), null, 'without an error')
  t.equal(off({ ...broken, lastComplete: at - 11_000 }), null, 'failing for seconds')
  t.equal(off({ ...broken, lastComplete: null }), null, 'failing for nobody knows how long, never delivered')
  t.equal(
    seen({ lastComplete: at - 30 * hour }, { ...broken, lastError: at + 2 * minute }, { enabled: false })
      .disabledByFailure,
    null,
    'quiet for long, but failing since a moment ago',
  )
  t.equal(off({ ...broken, enabled: false }), null, 'what was disabled at first sight is not judged')
})

t.test(
  'a job that was seen without an error has failed since its first, or since it last delivered',
  async (t) => {
    const quiet = { lastComplete: at - 30 * hour }
    // An error within a minute of the first sight counts as one from before it.
    const failing = seen(quiet, { ...quiet, ...broken, lastError: at + minute })
    const off = (after: number, lastComplete: number) =>
      seeJob(failing, summary({ lastComplete, enabled: false }), at + after).disabledByFailure?.how
    t.equal(off(2 * minute, quiet.lastComplete), undefined)
    t.equal(off(21 * hour, quiet.lastComplete), 'seen')
    t.equal(off(21 * hour, at + 2 * hour), undefined)
    t.equal(off(23 * hour, at + 2 * hour), 'seen')
  },
)

t.test('a job that already failed at first sight has failed since its last delivery', async (t) => {
  const off = (lastComplete: number) =>
    seen({ ...broken, lastComplete }, { ...broken, lastComplete, enabled: false }).disabledByFailure
  t.equal(off(at - 24 * hour)?.how, 'seen')
  t.equal(off(at - 19 * hour), null)
  const soon = { ...broken, lastError: at + 30_000, lastComplete: at - 24 * hour }
  t.equal(seen(soon, { ...soon, enabled: false }).disabledByFailure?.how, 'seen', 'whose clock is ahead')
})

t.test('a job that failed and was disabled while nobody looked is judged by its own times', async (t) => {
  const back = (lastError: number | null, lastComplete: number | null) =>
    seeJob(
      seen({ lastComplete: at - minute }),
      summary({ lastError, lastComplete, failure: broken.failure, enabled: false }),
      at + 60 * hour,
    ).disabledByFailure
  t.same(back(at + 25 * hour, at + hour), { how: 'seen', at: at + 60 * hour })
  t.equal(back(at + 25 * hour, at + 24 * hour), null)
  t.equal(back(null, at + hour), null)
  t.equal(back(at - 25 * hour, at + hour), null, 'an error from before the last delivery')
})

t.test(
  'a notification holds although the jobs API still shows the job as enabled, for five minutes',
  async (t) => {
    const notified = notifyDisabled(seen(broken), at)
    t.same(notified.disabledByFailure, { how: 'notified', at })
    t.equal(notifyDisabled(notified, at + minute), notified, 'repeating it changes nothing')
    t.same(seeJob(notified, summary(broken), at + minute).disabledByFailure, { how: 'notified', at })
    t.equal(seeJob(notified, summary(broken), at + 6 * minute).disabledByFailure, null)
    const off = seeJob(notified, summary({ ...broken, enabled: false }), at + minute)
    t.same(off.disabledByFailure, { how: 'notified', at })
    t.equal(seeJob(off, summary(), at + 2 * minute).disabledByFailure, null)
    t.equal(notifyEnded(notified).disabledByFailure, null)
    t.equal(notifyEnded(off), off, 'what was seen to be off ends when it is seen on')
  },
)

t.test('whatever is secret in a destination does not come back in its error message', async (t) => {
  const conf =
    'splunk://s.example:8088/services/collector/raw?channel=chan-9&header_Authorization=Splunk%20tok%2Fen1'
  const job = summarise(
    aJob('7', {
      destinationConf: new Secret(conf),
      errorMessage: new Secret('bad token tok/en1 for chan-9 at s.example'),
    }),
  )
  t.notMatch(JSON.stringify(job), /en1|chan-9/)
  t.match(job.failure?.message, /s\.example/)
  t.match(job, { destinationType: 'splunk' })
  t.doesNotThrow(() =>
    summarise(aJob('7', { destinationConf: new Secret('s3://b?x=%E0%A4%A'), errorMessage: new Secret('x') })),
  )
})

t.test('a secret shows as three stars however it is printed', async (t) => {
  const secret = new Secret('canary')
  t.same(
    [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      inspect(secret, { depth: 9, showHidden: true }),
    ].filter((text) => text.includes('canary')),
    [],
  )
  t.equal(JSON.stringify(secret), '"***"')
  t.equal(inspect(secret), '***')
  t.equal(secret.reveal(), 'canary')
  t.ok(secret.equals(new Secret('canary')))
  t.notOk(secret.equals(new Secret('other')))
})

t.test('remembered jobs come back as they were, and damage is noticed', async (t) => {
  const jobs = [seen(broken), notifyDisabled(seen({}), at), seen({ name: 'plain' })]
  const record = {
    kind: 'zone',
    id: 'z',
    name: 'quay.example',
    accountId: quay.id,
    accountName: quay.name,
    jobs,
  }
  const scope = { kind: 'zone', id: 'z', name: 'quay.example', account: quay }
  t.same(scopeFromRecord(JSON.parse(JSON.stringify(record))), { scope, jobs })
  const { kind, id, name } = { ...record, kind: 'account' }
  t.same(scopeFromRecord({ ...record, kind }), { scope: { kind, id, name }, jobs })
  const [job] = jobs
  for (const damaged of [
    null,
    [],
    { ...record, kind: 'planet' },
    { ...record, name: 1 },
    { ...record, accountId: null },
    { ...record, jobs: 1 },
    { ...record, jobs: [1] },
    { ...record, jobs: [{ ...job, firstSeen: 'x' }] },
    { ...record, jobs: [{ ...job, summary: null }] },
    { ...record, jobs: [{ ...job, summary: { ...job?.summary, enabled: 'yes' } }] },
    { ...record, jobs: [{ ...job, summary: { ...job?.summary, lastError: 'x' } }] },
    { ...record, jobs: [{ ...job, summary: { ...job?.summary, destination: 1 } }] },
    { ...record, jobs: [{ ...job, summary: { ...job?.summary, name: 1 } }] },
  ])
    t.equal(scopeFromRecord(damaged), null)
  const odd = {
    ...record,
    jobs: [
      {
        ...job,
        summary: { ...job?.summary, failure: { reason: 'new', message: 'm' } },
        disabledByFailure: { how: 'guessed', at: 1 },
      },
    ],
  }
  t.match(scopeFromRecord(odd)?.jobs[0], {
    summary: { failure: { reason: 'other' } },
    disabledByFailure: null,
  })
})

t.test('scopes have a key, an account and a title', async (t) => {
  const one = zone('quay.example')
  t.equal(scopeKey(one), `zone:${one.id}`)
  t.same(accountOf(one), quay)
  t.same(accountOf(quayAccount), quay)
  t.equal(scopeTitle(one), 'zone quay.example')
  t.equal(scopeTitle({ ...one, name: '' }), `zone ${one.id}`)
  t.equal(startOfMinute(2), 120_000)
})

t.test('strange limits are brought within what can be worked with', async (t) => {
  holds(
    t,
    fc.property(
      fc.record({
        enabled: fc.boolean(),
        maxDurationSeconds: fc.integer(),
        notOlderThanSeconds: fc.integer(),
        maxPageSize: fc.integer(),
        optionalFields: fc.boolean(),
      }),
      (limits) => {
        const { maxDurationSeconds, notOlderThanSeconds, maxPageSize } = clampLimits(limits)
        return (
          maxDurationSeconds >= 60 &&
          notOlderThanSeconds >= 3600 &&
          maxPageSize >= 10 &&
          maxPageSize <= 10_000
        )
      },
    ),
  )
  t.same(clampLimits(safeLimits), safeLimits)
})
