import t from 'tap'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { healthStates } from '../../../src/exporter/view/health-state.ts'
import type { JobStatus } from '../../../src/exporter/view/job-status.ts'
import type { Overview } from '../../../src/exporter/view/status.ts'
import type { PageContext } from '../../../src/http/pages/page-context.ts'
import { statusPage } from '../../../src/http/pages/status-page.ts'
import { pageRules, parseStatusQuery } from '../../../src/http/pages/status-query.ts'
import { zone } from '../../support/exporter-core.ts'
import { pageContext as context, golden, pageText } from '../../support/page-text.ts'
import { statusOf } from '../../support/status-values.ts'
import { aSummary, hour, minute } from '../../support/status-world.ts'

/* What the first page says above its list, as the worst job and the sums of all jobs have it. */

const now = Date.UTC(2026, 10, 24, 3)

function overviewOf(search: string): Overview {
  const cdn = zone('cdn.example')
  const state = createState()
  state.setScopes([cdn])
  state.jobsListed(scopeKey(cdn), [aSummary('1', now, { name: 'cdn-http' }), aSummary('2', now)], now)
  return statusOf({ state, now: () => now }).overview(parseStatusQuery(search, pageRules).query)
}
const view = overviewOf('')
const { headline } = view
const [first] = view.jobs
if (first === undefined) throw new Error('the job is not there')
const calm = first.lastHour
const quiet: JobStatus = { ...first, id: '1', name: 'cdn-http' }
const withWorst = (edit: Partial<JobStatus>): Overview => ({ ...view, jobs: [{ ...quiet, ...edit }] })
const page = (shown: Overview, edit: Partial<PageContext> = {}) =>
  statusPage(shown, { ...context, ...edit }, [])
const lead = (shown: Overview): string => pageText(/<p class="lead">.*?<\/p>/s.exec(page(shown))?.[0] ?? '')
const unreadable = (shown: Overview): string =>
  pageText(/<p class="notice blind".*?<\/p>/s.exec(page(shown))?.[0] ?? '')
const title = (shown: Overview): string => /<h1[^>]*>(.*?)<\/h1>/.exec(page(shown))?.[1] ?? ''

t.test(
  'the worst job has a sentence for its state, with since when and why where they are known',
  async (t) => {
    const known = [
      { since: null, reason: null },
      { since: now - hour, reason: 'auth' as const },
    ]
    const sentences = healthStates.flatMap((trouble) =>
      known.map((edit) => `${trouble}: ${lead(withWorst({ trouble, ...edit }))}`),
    )
    golden(t, 'status-page-sentences', sentences.join('\n'))
  },
)

t.test('when a failing job will be disabled is told from twelve hours before on', async (t) => {
  const failing = (left: number) =>
    lead(
      withWorst({
        trouble: 'failing',
        since: now - hour,
        disableExpected: { earliest: now + left, latest: now + left },
      }),
    )
  t.match(failing(12 * hour), 'started failing 1 h ago; Cloudflare will disable it in about 12 h.')
  t.notMatch(failing(12 * hour + 1), 'disable')
})

t.test('what the worst job lost and what all lost are told apart', async (t) => {
  const losing = (own: number, all: number): Overview => ({
    ...withWorst({ lastHour: { ...calm, lostBatches: own, lostRecords: own * 10 } }),
    headline: { ...headline, lostLastHour: { batches: all, records: all * 10 } },
  })
  t.equal(lead(losing(0, 0)), 'Nothing was lost in the last hour.')
  t.equal(lead(losing(0, 1)), 'All jobs together *lost 10 records* in the last hour, in 1 batch.')
  t.equal(lead(losing(2, 2)), 'It *lost 20 records* in the last hour, in 2 batches; no other job lost any.')
  t.equal(
    lead(losing(1, 3)),
    'It *lost 10 records* in the last hour, in 1 batch; all jobs together lost 30 records, in 3 batches.',
  )
})

t.test('under a filter and behind the first page no job is said to be the worst', async (t) => {
  const failing = { trouble: 'failing', reason: 'dns' } as const
  const worst = (shown: Overview) => page(shown).match(/First check|started failing/g)
  t.strictSame(worst(withWorst(failing)), ['started failing', 'First check'])
  for (const search of ['state=ok', 'search=job', 'zone=cdn.example'])
    t.equal(worst({ ...withWorst(failing), query: overviewOf(search).query }), null, search)
  t.equal(worst({ ...withWorst(failing), page: 2, pages: 2 }), null)
})

t.test('the title counts the jobs that need somebody', async (t) => {
  const titled = (jobs: number, byTrouble: Partial<typeof headline.byTrouble>) =>
    title({ ...view, headline: { ...headline, jobs, byTrouble: { ...headline.byTrouble, ...byTrouble } } })
  t.equal(titled(0, {}), 'No jobs found')
  t.equal(titled(1, {}), 'The job is healthy')
  t.equal(titled(3, { off: 1 }), 'All 3 jobs are healthy')
  t.equal(titled(3, { failing: 1 }), '1 of 3 jobs needs attention')
  t.equal(titled(3, { failing: 1, late: 1, unknown: 1 }), '2 of 3 jobs need attention')
  t.equal(titled(3, { unknown: 1 }), 'No known problems, but 1 of 3 jobs could not be checked')
})

t.test('what cannot be read is told with its source, its place and the jobs that it hides', async (t) => {
  const longest = {
    account: 'Quay',
    zone: 'cdn.example',
    since: now - 20 * minute,
    source: 'health',
    kind: 'timeout',
    message: 'it timed out',
  } as const
  const blind = (jobs: number, edit: Partial<typeof longest | { zone: string; source: 'inventory' }> = {}) =>
    unreadable({
      ...view,
      headline: { ...headline, scopes: 2, blind: { scopes: 1, jobs, longest: { ...longest, ...edit } } },
    })
  t.equal(unreadable(view), '')
  t.match(
    blind(1),
    '1 of 2 accounts and zones cannot be read, so 1 job shows old data. Longest: uploads of zone cdn.example, for 20 min. it timed out',
  )
  t.match(
    blind(2, { zone: '', source: 'inventory' }),
    'so 2 jobs show old data. Longest: jobs of account Quay,',
  )
})

t.test('a list is named after what it shows', async (t) => {
  const named = (search: string, found: number) =>
    /<h2 id="list">(.*?)<\/h2>/.exec(page({ ...view, found, query: overviewOf(search).query }))?.[1]
  t.equal(named('', 2), 'Jobs, worst first')
  t.equal(named('state=ok', 2), 'Jobs, worst first', 'the filter leaves nothing out')
  t.equal(named('state=late', 1), '1 of 2 jobs: late')
  t.equal(named('search=cdn', 1), '1 of 2 jobs')
})

t.test('an empty list says why it is empty', async (t) => {
  const why = (jobs: number, edit: Partial<PageContext> = {}) =>
    /<p class="empty">(.*?)<\/p>/.exec(
      page({ ...view, jobs: [], found: 0, headline: { ...headline, jobs } }, edit),
    )?.[1]
  t.equal(why(0), 'Nothing has been listed yet, or the API token sees no Logpush jobs.')
  t.equal(why(2), 'No jobs match the filter.')
  t.equal(why(0, { readiness: { ready: true, standby: 'waiting' } }), 'This process watches no jobs.')
})

t.test('how old the data is stands there, also before there is any', async (t) => {
  const age = (inventory: number | null, health: number | null) =>
    pageText(page({ ...view, headline: { ...headline, dataAt: { inventory, health } } })).match(
      /^Jobs listed .*$/m,
    )?.[0]
  t.equal(age(null, null), 'Jobs listed not yet, uploads counted up to not yet.')
  t.equal(age(now - minute, now - hour), 'Jobs listed 1 min ago, uploads counted up to 1 h ago.')
})

t.test('a tile leads to its jobs, is chosen by the filter, and is dim without any', async (t) => {
  const tiles = (search: string, refresh = true) =>
    [
      ...page({ ...view, query: overviewOf(search).query }, { refresh }).matchAll(
        /<a class="tile (.*?)" href="(.*?)"(.*?)>/g,
      ),
    ].map(([, style, href, more]) => [style, href, more])
  const plain = tiles('')
  t.strictSame(
    plain.map(([style]) => style),
    healthStates.map((state) => (state === 'ok' ? 'ok' : `${state} none`)),
  )
  t.strictSame(plain.at(-1), ['ok', './?state=ok', ''])
  t.strictSame(
    tiles('state=late').filter(([, , more]) => more !== ''),
    [['late none', './?state=late', ' aria-current="true"']],
  )
  t.strictSame(tiles('', false).at(-1), ['ok', './?state=ok&amp;refresh=off', ''])
})
