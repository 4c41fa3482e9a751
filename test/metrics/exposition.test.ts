import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import {
  Counter,
  Gauge,
  type OpenMetricsContentType,
  type PrometheusContentType,
  Registry,
} from 'prom-client'
import t from 'tap'
import type { JobSummary } from '../../src/domain/job/job.ts'
import { addCounts, noTotals } from '../../src/domain/ledger/job-totals.ts'
import { beginLedger } from '../../src/domain/ledger/ledger.ts'
import { createState } from '../../src/exporter/state/state.ts'
import { metricDefinitions } from '../../src/metrics/definitions.ts'
import { createExposition } from '../../src/metrics/exposition.ts'
import { labelText, renderHeader, renderSample, type Sample } from '../../src/metrics/exposition-text.ts'
import { type MetricDefinition, metricFamily } from '../../src/metrics/metric.ts'
import { createNodeMetrics } from '../../src/metrics/node-metrics.ts'
import { failure, quay, quayAccount, zone } from '../support/exporter-core.ts'
import { holds } from '../support/property.ts'
import { parseScrape, sampleValue } from '../support/scrape.ts'

const at = Date.UTC(2026, 10, 24, 3, 0, 0)
const one = zone('quay.example')

function job(id: string, edit: Partial<JobSummary> = {}): JobSummary {
  return {
    id,
    name: `job "${id}"\n\\`,
    dataset: 'http_requests',
    kind: '',
    enabled: true,
    destinationType: 's3',
    destination: 's3://quay-logs/http/{DATE}?region=us-east-1',
    place: null,
    destinationExpiry: null,
    lastComplete: at - 30_000,
    lastError: null,
    failure: null,
    maxUploadIntervalSeconds: 0,
    ...edit,
  }
}

function source(edit: { lablabs?: boolean } = {}) {
  const state = createState()
  const exposition = createExposition({
    scopes: () => state.scopes,
    rules: () => ({ maxLagMs: () => 1_800_000, lablabs: edit.lablabs ?? false }),
    own: () => [
      new Map([['cloudflare_logpush_exporter_token_active', 'cloudflare_logpush_exporter_token_active 1\n']]),
    ],
    node: createNodeMetrics(),
    defer: (work) => setImmediate(work),
  })
  state.onChange(exposition.changed)
  const read = async (format: 'text' | 'openmetrics' = 'text', gzip = false): Promise<string> => {
    const { body, bytes } = await exposition.exposition(format, gzip)
    const whole = Buffer.concat([...body])
    t.equal(whole.length, bytes, 'the length that is promised is the length that comes')
    return (gzip ? gunzipSync(whole) : whole).toString()
  }
  return { state, exposition, read }
}

function withJob(edit: Partial<JobSummary> = {}) {
  const own = source()
  own.state.setScopes([quayAccount, one])
  own.state.jobsListed(`zone:${one.id}`, [job('7', edit)], at)
  return own
}

t.test('counters stand at 0 as soon as the inventory names the job, and go when it is deleted', async (t) => {
  const { state, read } = withJob()
  const born = parseScrape(await read())
  for (const name of [
    'batches',
    'batches_failed',
    'uploads',
    'upload_retries',
    'records',
    'bytes',
    'compressed_bytes',
    'records_lost',
    'bytes_lost',
    'upload_duration_seconds',
  ])
    t.equal(sampleValue(born, `cloudflare_logpush_${name}_total`, { job_id: '7' }), 0, name)
  state.jobsListed(`zone:${one.id}`, [], at + 1)
  t.notMatch(await read(), /job_id="7"/)
})

t.test('what the API does not tell has no sample', async (t) => {
  const scrape = parseScrape(await withJob({ lastComplete: null }).read())
  for (const name of [
    'job_last_complete_timestamp_seconds',
    'job_last_error_timestamp_seconds',
    'job_failing_since_timestamp_seconds',
    'job_last_upload_timestamp_seconds',
    'job_failure_info',
    'job_max_upload_interval_seconds',
    'job_sample_interval',
  ])
    t.equal(sampleValue(scrape, `cloudflare_logpush_${name}`), undefined, name)
  t.equal(sampleValue(scrape, 'cloudflare_logpush_up', { source: 'health' }), undefined)
})

t.test('a failing job shows its reason and since when, never its message', async (t) => {
  const message = 'access denied, token=canary-secret'
  const { read } = withJob({ lastError: at - 5_000, failure: { reason: 'auth', message } })
  const text = await read()
  const scrape = parseScrape(text)
  t.equal(sampleValue(scrape, 'cloudflare_logpush_job_failing'), 1)
  t.equal(sampleValue(scrape, 'cloudflare_logpush_job_failing_since_timestamp_seconds'), (at - 5_000) / 1000)
  t.equal(sampleValue(scrape, 'cloudflare_logpush_job_failure_info', { reason: 'auth' }), 1)
  t.notMatch(text, /canary|access denied/)
})

t.test('the class of an error comes from the status of the attempt where it is known', async (t) => {
  const { state, read } = withJob({ lastError: at - 5_000, failure: { reason: 'other', message: 'odd' } })
  const attempt = {
    minute: 1,
    jobId: '7',
    destinationType: 's3',
    status: 404,
    final: true,
    success: false,
    uploads: 1,
    records: 10,
    bytes: 100,
    compressedBytes: 9,
    uploadSeconds: 1.5,
    sampleInterval: 1,
    lastUpload: at - 5_000,
  }
  state.healthRead(`zone:${one.id}`, { ...beginLedger(1), totals: new Map([['7', noTotals]]) }, at)
  state.attemptsRead(`zone:${one.id}`, [attempt, { ...attempt, jobId: '8' }])
  t.equal(
    sampleValue(parseScrape(await read()), 'cloudflare_logpush_job_failure_info', { reason: 'not_found' }),
    1,
  )
  t.same(
    [...(state.scope(`zone:${one.id}`)?.failedAttempts.keys() ?? [])],
    ['7'],
    'nothing is kept of other jobs',
  )
})

t.test('batches, losses, retries and answers are told apart', async (t) => {
  const { state, read } = withJob()
  const row = {
    minute: 1,
    jobId: '7',
    destinationType: 's3',
    records: 10,
    bytes: 100,
    compressedBytes: 9,
    uploadSeconds: 1.5,
    sampleInterval: 1,
    lastUpload: at,
  }
  let totals = noTotals
  for (const one of [
    { ...row, status: 200, final: true, success: true, uploads: 4 },
    { ...row, status: 503, final: false, success: false, uploads: 3 },
    { ...row, status: 503, final: true, success: false, uploads: 2 },
  ])
    totals = addCounts(totals, one, one)
  state.healthRead(`zone:${one.id}`, { ...beginLedger(1), readTo: 9, totals: new Map([['7', totals]]) }, at)
  const scrape = parseScrape(await read())
  const value = (name: string, labels = {}): number | undefined =>
    sampleValue(scrape, `cloudflare_logpush_${name}`, labels)
  t.equal(value('batches_total'), 6)
  t.equal(value('batches_failed_total'), 2)
  t.equal(value('uploads_total'), 9)
  t.equal(value('upload_retries_total'), 3)
  t.equal(value('records_total'), 10)
  t.equal(value('records_lost_total'), 10)
  t.equal(value('upload_responses_total', { status: '503', destination_type: 's3' }), 5)
  t.equal(value('data_timestamp_seconds', { source: 'health', zone: 'quay.example' }), 540)
})

t.test('a failed poll shows as down and leaves the rest as it was', async (t) => {
  const { state, read } = withJob()
  state.jobsFailed(`zone:${one.id}`, failure('timeout'), at + 60_000)
  const scrape = parseScrape(await read())
  t.equal(sampleValue(scrape, 'cloudflare_logpush_up', { zone: 'quay.example', source: 'inventory' }), 0)
  t.equal(sampleValue(scrape, 'cloudflare_logpush_job_enabled'), 1)
  t.equal(
    sampleValue(scrape, 'cloudflare_logpush_data_timestamp_seconds', {
      zone: 'quay.example',
      source: 'inventory',
    }),
    at / 1000,
  )
})

t.test('gzip is one stream with the same content, in both formats, before and after changes', async (t) => {
  const { state, read } = withJob()
  const own = (text: string): string => text.split('# HELP process_cpu')[0] ?? ''
  for (const format of ['text', 'openmetrics'] as const) {
    t.equal(own(await read(format, true)), own(await read(format)))
    state.jobsListed(`zone:${one.id}`, [job('7'), job('8')], at)
    t.equal(own(await read(format, true)), own(await read(format)))
    t.match(await read(format, true), /job_id="8"/)
  }
})

t.test('OpenMetrics names counter families without _total and ends with its mark', async (t) => {
  const text = await withJob().read('openmetrics')
  t.match(text, /# TYPE cloudflare_logpush_batches counter\ncloudflare_logpush_batches_total\{/)
  t.ok(text.endsWith('# EOF\n'))
  t.equal(text.split('# EOF').length, 2)
})

t.test('every metric has its help and type, those without a series too', async (t) => {
  const text = await withJob().read()
  const named = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  const missing = metricDefinitions.filter(({ only, name }) => only === undefined && !named.includes(name))
  t.same(missing, [])
  const ours = named.filter((name) => name?.startsWith('cloudflare_'))
  const defined = new Set(metricDefinitions.map(({ name }) => name))
  t.same(
    ours.filter((name) => name === undefined || !defined.has(name)),
    [],
    'and there is none that the table does not have',
  )
  t.ok(ours.length > 0)
})

t.test("Node's own metrics stand behind ours, without gauges that are named like counters", async (t) => {
  for (const format of ['text', 'openmetrics'] as const) {
    const text = await withJob().read(format)
    t.match(text, /^process_resident_memory_bytes \d/m)
    t.notMatch(text, /nodejs_active_\w+_total/)
  }
})

t.test('no metric or series is given twice', async (t) => {
  const { state, read } = withJob()
  state.jobsListed(`account:${quay.id}`, [job('9')], at)
  const text = await read()
  const series = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')))
  t.equal(new Set(series).size, series.length)
  const families = text.split('\n').filter((line) => line.startsWith('# TYPE'))
  t.equal(new Set(families).size, families.length)
})

t.test('the names of lablabs come only when asked for, from 0 on', async (t) => {
  t.notMatch(await withJob().read(), /failed_jobs/)
  const { state, read } = source({ lablabs: true })
  state.setScopes([quayAccount, one])
  state.jobsListed(`zone:${one.id}`, [job('7')], at)
  state.jobsListed(`account:${quay.id}`, [job('9')], at)
  const scrape = parseScrape(await read())
  t.equal(
    sampleValue(scrape, 'cloudflare_logpush_failed_jobs_zone_count', {
      job_id: '7',
      final: '1',
      destination: 's3',
    }),
    0,
  )
  t.equal(
    sampleValue(scrape, 'cloudflare_logpush_failed_jobs_account_count', {
      account: quay.id,
      job_id: '9',
      final: '0',
    }),
    0,
  )
})

t.test('the names of lablabs count every attempt that failed, apart by final and destination', async (t) => {
  const { state, read } = source({ lablabs: true })
  state.setScopes([quayAccount, one])
  const attempts = new Map([
    ['s3|200|11', 100],
    ['s3|204|11', 10],
    ['s3|503|00', 3],
    ['s3|429|00', 4],
    ['s3|503|10', 5],
    ['r2|1105|10', 6],
  ])
  for (const [key, id] of [
    [`zone:${one.id}`, '7'],
    [`account:${quay.id}`, '9'],
  ] as const) {
    state.jobsListed(key, [job(id)], at)
    state.healthRead(key, { ...beginLedger(1), totals: new Map([[id, { ...noTotals, attempts }]]) }, at)
  }
  const lines = (await read()).split('\n').filter((line) => line.startsWith('cloudflare_logpush_failed_jobs'))
  const counts = (name: string, own: string) =>
    [
      ['s3', '0', 7],
      ['s3', '1', 5],
      ['r2', '1', 6],
    ].map(([type, final, count]) => `${name}{${own.replace('TYPE', `${type}`)},final="${final}"} ${count}`)
  const expected = [
    ...counts(
      'cloudflare_logpush_failed_jobs_account_count',
      `account="${quay.id}",destination="TYPE",job_id="9"`,
    ),
    ...counts('cloudflare_logpush_failed_jobs_zone_count', 'destination="TYPE",job_id="7"'),
  ]
  t.same(lines, expected)
})

/** An exposition whose background work the test runs; `rendered` counts the jobs rendered so far. */
function workshop(zones: number) {
  const state = createState()
  const queue: (() => void)[] = []
  let rendered = 0
  let maxLagMs = 1_800_000
  const exposition = createExposition({
    scopes: () => state.scopes,
    rules: () => ({
      maxLagMs: () => {
        rendered += 1
        return maxLagMs
      },
      lablabs: false,
    }),
    own: () => [],
    node: createNodeMetrics(),
    defer: (work) => queue.push(work),
  })
  const all = Array.from({ length: zones }, (_, index) => zone(`z${index}.example`))
  state.setScopes(all)
  all.forEach((own, index) => {
    state.jobsListed(`zone:${own.id}`, [job(String(index + 1))], at)
  })
  const runPiece = (): void => queue.shift()?.()
  const read = async (gzip: boolean): Promise<string> => {
    const whole = Buffer.concat([...(await exposition.exposition('text', gzip)).body])
    return (gzip ? gunzipSync(whole) : whole).toString()
  }
  const setMaxLag = (ms: number): void => {
    maxLagMs = ms
  }
  return { state, exposition, queue, runPiece, read, setMaxLag, rendered: () => rendered }
}

t.test('what changed is rendered in pieces before the scrape, once', async (t) => {
  const { state, exposition, queue, runPiece, read, rendered } = workshop(60)
  exposition.changed()
  exposition.changed()
  t.equal(queue.length, 1, 'two changes are one piece of work')
  runPiece()
  t.ok(rendered() > 0 && rendered() < 60, `${rendered()} of 60 in the first piece`)
  t.equal(queue.length, 1, 'the next piece waits its turn')
  while (queue.length > 0) runPiece()
  t.equal(rendered(), 60)
  await read(true)
  await read(false)
  t.equal(rendered(), 60, 'a scrape renders nothing again')
  state.jobsListed(`zone:${zone('z5.example').id}`, [job('6', { enabled: false })], at)
  exposition.changed()
  t.equal(queue.length, 1)
  while (queue.length > 0) runPiece()
  t.equal(rendered(), 61, 'and a change only what it changed')
})

t.test('a scrape renders in pieces what is not rendered yet', async (t) => {
  const { queue, runPiece, read, rendered } = workshop(60)
  const scrape = read(false)
  t.ok(rendered() > 0 && rendered() < 60, `${rendered()} of 60 at once`)
  while (rendered() < 60) {
    t.equal(queue.length, 1, 'the next piece waits its turn')
    runPiece()
    await Promise.resolve()
  }
  t.equal(
    parseScrape(await scrape).filter(({ name }) => name === 'cloudflare_logpush_job_enabled').length,
    60,
  )
})

t.test('a slow reader gets the state of when it asked', async (t) => {
  const { state, exposition } = workshop(2)
  const { body, bytes } = await exposition.exposition('text', false)
  state.jobsListed(`zone:${zone('z1.example').id}`, [], at)
  const text = Buffer.concat([...body])
  t.equal(text.length, bytes)
  t.match(text.toString(), /zone="z1.example"/)
})

t.test('new rules show at once, with gzip too', async (t) => {
  const { exposition, read, setMaxLag } = workshop(3)
  const lags = async (gzip: boolean) =>
    parseScrape(await read(gzip)).flatMap(({ name, value }) =>
      name === 'cloudflare_logpush_job_max_lag_seconds' ? [value] : [],
    )
  t.same(await lags(true), [1800, 1800, 1800])
  setMaxLag(60_000)
  t.same(await lags(true), [1800, 1800, 1800], 'what is rendered is kept')
  exposition.rulesChanged()
  t.same(await lags(true), [60, 60, 60])
  t.same(await lags(false), [60, 60, 60])
})

t.test('two accounts of one name are told apart, and so are their zones', async (t) => {
  const { state, read } = source()
  const other = { id: 'b'.repeat(32), name: 'Quay' }
  state.setScopes([quayAccount, { kind: 'account', ...other }, one, zone('zone.example', other)])
  for (const key of [`account:${quay.id}`, `account:${other.id}`] as const)
    state.jobsFailed(key, failure('network'), at)
  const labels = parseScrape(await read())
    .filter(({ name }) => name === 'cloudflare_logpush_up')
    .map(({ labels }) => labels.account)
  t.same(labels.sort(), [`Quay (${quay.id})`, `Quay (${other.id})`])
})

t.test('names follow the conventions, and every metric has help', async (t) => {
  for (const { name, type, help, labels } of metricDefinitions) {
    t.match(name, /^cloudflare_(logpush_|failing_logpush_)[a-z_]+$/)
    if (!name.includes('failed_jobs')) t.equal(name.endsWith('_total'), type === 'counter', name)
    t.ok(help.length > 20 && help.endsWith('.'), `${name} has help`)
    t.same(
      labels.filter((label) => !/^[a-z_]+$/.test(label) || ['job', 'instance', 'le'].includes(label)),
      [],
      name,
    )
  }
  t.equal(new Set(metricDefinitions.map(({ name }) => name)).size, metricDefinitions.length)
})

t.test('our lines are the bytes that prom-client renders', async (t) => {
  const definition = {
    name: 'x_total',
    type: 'counter',
    help: 'A "help" with \\ in it.',
    labels: ['a', 'b'],
  } satisfies MetricDefinition
  const { name, type, help, labels } = definition
  const family = metricFamily<readonly Sample[]>([], () => '')
  const metric = family.series(type, name, labels, help, (samples) => samples)
  const value = fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true }), fc.constant(1e21))
  const sample = fc.record({
    values: fc.tuple(fc.string({ unit: 'binary' }), fc.stringMatching(/^["\\\n a-z]*$/)),
    value,
  })
  const registries = {
    text: new Registry<PrometheusContentType>(),
    openmetrics: new Registry<OpenMetricsContentType>(),
  }
  registries.openmetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(sample, { selector: ({ values }) => JSON.stringify(values), maxLength: 8 }),
      async (samples) => {
        for (const format of ['text', 'openmetrics'] as const) {
          const registry: Registry<PrometheusContentType> | Registry<OpenMetricsContentType> =
            registries[format]
          registry.clear()
          const counter = new Counter({
            name: 'x_total',
            help: definition.help,
            labelNames: ['a', 'b'],
            registers: [registry as Registry],
          })
          for (const { values, value } of samples) counter.inc({ a: values[0], b: values[1] }, value)
          const theirs = (await registry.metrics()).replace(/# EOF\n$/, '')
          const ours = renderHeader(definition, format) + metric.lines(samples)
          if (theirs.trimEnd() !== ours.trimEnd()) return false
        }
        return true
      },
    ),
    { numRuns: 60, seed: 20261124 },
  )
  const gauge = new Gauge({ name: 'plain', help: 'h', registers: [] })
  gauge.set(Number.NEGATIVE_INFINITY)
  t.equal(renderSample('plain', '', Number.NEGATIVE_INFINITY), 'plain -Inf\n')
})

t.test('a label value never breaks a line', async (t) => {
  holds(
    t,
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const line = renderSample('x', labelText(['a'], [text]), 1)
      return line.split('\n').length === 2 && parseScrape(line)[0]?.labels.a === text
    }),
  )
})

t.test('more than one piece of text comes whole, each series once, in every form', async (t) => {
  const { state, exposition, read } = source()
  state.setScopes([one])
  const jobs = Array.from({ length: 400 }, (_, index) => job(String(index)))
  state.jobsListed(`zone:${one.id}`, jobs, at)
  const { body } = await exposition.exposition('text', false)
  const pieces = [...body]
  t.ok(pieces.length > 2, `${pieces.length} pieces`)
  for (const [format, gzip] of [
    ['text', false],
    ['text', true],
    ['openmetrics', false],
  ] as const) {
    const text = await read(format, gzip)
    const found = parseScrape(text).filter(({ name }) => name === 'cloudflare_logpush_job_enabled')
    t.equal(found.length, 400, `${format} ${gzip}`)
    t.equal(text.match(/# TYPE cloudflare_logpush_job_enabled /g)?.length, 1)
  }
})

t.test('what was compressed is compressed anew when something changed, and only then', async (t) => {
  const { state, exposition } = withJob()
  const compressed = async (format: 'text' | 'openmetrics' = 'text') =>
    [...(await exposition.exposition(format, true)).body][1]
  const first = await compressed()
  t.equal(await compressed(), first)
  const other = await compressed('openmetrics')
  t.not(other, first)
  t.equal(await compressed(), first, 'each format has its own')
  state.jobsListed(`zone:${one.id}`, [job('8')], at + 1)
  const changed = await compressed()
  t.not(changed, first)
  exposition.rulesChanged()
  t.not(await compressed(), changed)
})

t.test('a value beyond all numbers is written as Prometheus reads it', async (t) => {
  t.equal(renderSample('a', '', Number.POSITIVE_INFINITY), 'a +Inf\n')
  t.equal(renderSample('a', 'b="c"', Number.NEGATIVE_INFINITY), 'a{b="c"} -Inf\n')
  t.equal(renderSample('a', '', Number.NaN), 'a NaN\n')
  t.equal(renderSample('a', '', 1e21), 'a 1e+21\n')
})
