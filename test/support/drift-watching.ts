import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createDriftWatch, type DriftWatchDeps } from '../../src/commands/serve/drift.ts'
import type { ApiFailure } from '../../src/errors.ts'
import { createSelfState } from '../../src/exporter/state/self-state.ts'
import { readTextFile } from '../../src/runtime/text-file.ts'
import { aCaller } from './callers.ts'
import { createFakeCloudflare, type FakeOptions } from './fake-cloudflare.ts'
import { logSink } from './log-sink.ts'
import { accountId, aJob, zone } from './provision-values.ts'
import { simStart } from './simulation.ts'
import { createSteppedClock } from './stepped-clock.ts'

/* The watch of a manifest against a Cloudflare in memory, on a clock that the test moves. */

const { destinationConf } = aJob().resource
export const driftEnv = { CONF: destinationConf.reveal() }
export const datasets = { workers_trace_events: ['Event'], http_requests: ['ClientIP'] }

export const job = (name: string, where = 'scope: account', dataset = 'workers_trace_events'): string => `
  - name: ${name}
    ${where}
    dataset: ${dataset}
    destination: { url: "\${env:CONF}" }`
export const zoneJob = (name: string, where = 'zone: quay.example'): string =>
  job(name, where, 'http_requests')
export const yaml = (jobs: string, id = accountId): string => `version: 1
account: { id: ${id} }
owner: sre
prune: true
jobs:${jobs}
`
export const live = { dataset: 'workers_trace_events', destinationConf, enabled: true }

/** A watch of a file, or of a folder with several, that runs until the test ends. */
export function watching(
  t: Test,
  texts: string | Readonly<Record<string, string>> | null,
  options: Partial<FakeOptions> & { readonly deps?: Partial<DriftWatchDeps> } = {},
) {
  const files = texts === null ? {} : typeof texts === 'string' ? { 'manifest.yaml': texts } : texts
  const folder = t.testdir({ ...files })
  const file = join(folder, 'manifest.yaml')
  const cloudflare = createFakeCloudflare({
    accounts: [{ id: accountId, name: 'Quay' }],
    zones: [zone],
    datasets,
    ...options,
  })
  let failure: ApiFailure | null = null
  cloudflare.intercept(() => {
    if (failure !== null) throw failure
  })
  const clock = createSteppedClock(simStart)
  const log = logSink()
  const self = createSelfState([])
  const { directory, jobs, notifications } = cloudflare
  const watch = createDriftWatch({
    path: typeof texts === 'object' && texts !== null ? folder : file,
    io: { env: driftEnv, readFile: readTextFile },
    references: { referencesAllow: [], apiTokenFile: null, configFile: null },
    rest: { ...directory, ...jobs, ...notifications },
    call: aCaller(),
    self,
    clock,
    random: () => 0.5,
    log,
    ...options.deps,
  })
  const stop = new AbortController()
  let isOver = false
  const ended = watch.run(stop.signal, new AbortController().signal).finally(() => {
    isOver = true
  })
  t.teardown(async () => {
    stop.abort()
    await ended.catch(() => {})
  })
  return {
    watch,
    cloudflare,
    clock,
    log,
    self,
    stop,
    ended,
    isOver: () => isOver,
    file,
    write: (text: string) => writeFileSync(file, text),
    fail(with_: ApiFailure | null): void {
      failure = with_
    },
    comparisons: () => self.pollers.get('manifest')?.polls ?? 0,
    objects: () =>
      watch
        .state()
        .compared?.objects.map(
          (one) => `${one.change} ${one.name} in ${one.zone || 'all'} of ${one.account}`,
        ),
  }
}
