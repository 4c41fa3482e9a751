import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createExporter } from '../../src/commands/serve/exporter.ts'
import { allSettings, defaultsOf, type Settings } from '../../src/settings/exporter-settings.ts'
import type { Variant } from '../../src/simulator/variant/variant.ts'
import type { VariantChoice } from '../../src/simulator/variant/variants.ts'
import { exporterDeps } from './exporter-deps.ts'
import { logSink } from './log-sink.ts'
import { runProgram } from './run-provision.ts'
import { type ScrapedSample, sampleValue, scrape } from './scrape.ts'
import { createSteppedClock, settle } from './stepped-clock.ts'
import { differences, expectedCounters } from './truth.ts'
import { manifests, startVariantWorld } from './variant-world.ts'

/*
 * The cells of the variant table: what the exporter, `check` and `provision plan` do against one variant, and what is
 * wrong with that; an empty list when all that must hold does.
 */

const minute = 60_000

/** A variant where its cost is to be seen: those that cost a scope or a list strike one zone only. */
export function choiceOf({ name, cost }: Variant, odd: string): VariantChoice {
  const strikesZone = cost === 'scope' || /^jobs\/(refused|product|list-null)/.test(name)
  return strikesZone ? { name, where: odd } : { name }
}

/** Variants that refuse everything, or all for a while: what they leave exact is tested by what must not happen. */
const blinding = new Set(['token/malformed'])
const throttling = /^throttled\//

export async function exporterCell(variant: Variant | 'contrary'): Promise<readonly string[]> {
  const startAt = Math.floor(Date.UTC(2026, 10, 24, 6) / minute) * minute
  const { simulator, world } = await startVariantWorld(startAt)
  const contrary = variant === 'contrary'
  if (contrary) simulator.variants.contrary(true)
  else simulator.variants.enable(choiceOf(variant, world.odd))
  const clock = createSteppedClock(startAt)
  const log = logSink()
  const settings: Settings = {
    ...defaultsOf(allSettings),
    baseUrl: simulator.url,
    statePath: ':memory:',
    budgetShare: 1,
    initialLookbackMs: 30 * minute,
    healthPollIntervalMs: 30_000,
    inventoryPollIntervalMs: 30_000,
    discoveryPollIntervalMs: 30_000,
    historyPollIntervalMs: 30_000,
  }
  const exporter = await createExporter(
    settings,
    exporterDeps(settings, { clock, log, apiToken: simulator.token }),
  )
  const [address] = await exporter.listen([{ host: '127.0.0.1', port: 0 }])
  const stop = new AbortController()
  let crashed: unknown = null
  const running = exporter.run(stop.signal).catch((error: unknown) => {
    crashed = error
  })
  // Requests take real time while the clock stands still; nothing tells when the last has ended.
  const answered = async (): Promise<void> => {
    for (let [quiet, before] = [0, -1]; quiet < 4; ) {
      await new Promise((resolve) => setTimeout(resolve, 8))
      const count = simulator.requests.count()
      quiet = count === before ? quiet + 1 : 0
      before = count
    }
    await settle()
  }
  const throttles = !contrary && throttling.test(variant.name)
  const waitMs = throttles ? 16 * minute : contrary ? 5 * minute : 3 * minute
  const strideMs = throttles ? minute : 30_000
  await answered()
  for (let passed = 0; passed < waitMs && crashed === null; passed += strideMs) {
    simulator.clock.advance(strideMs)
    await clock.advance(strideMs)
    await answered()
  }
  const samples = await scrape(`http://127.0.0.1:${address?.port}/metrics`)
  const expected = expectedCounters(simulator, startAt - 30 * minute)
  stop.abort()
  await clock.advance(0)
  await running
  await simulator.close()
  const wrong: string[] = []
  if (crashed !== null) wrong.push(`it crashed: ${String(crashed)}`)
  for (const { message, fields } of log.lines.filter(({ level }) => level === 'error'))
    if (/bug|unexpected|internal/i.test(message)) wrong.push(`log: ${message} ${JSON.stringify(fields)}`)
  if (!contrary && blinding.has(variant.name)) {
    if (sampleValue(samples, 'cloudflare_logpush_exporter_token_active') !== 0)
      wrong.push('token_active is not 0')
    return wrong
  }
  const oddJobs = new Set(simulator.world.state.jobsByScope.get(world.odd)?.map(({ id }) => String(id)))
  const costsScope = !contrary && variant.cost === 'scope'
  const counted = new Map([...expected].filter(([key]) => !(costsScope && oddJobs.has(jobIdOf(key)))))
  wrong.push(...differences(counted, samples))
  const listLost = !contrary && choiceOf(variant, world.odd).where !== undefined && variant.cost === 'answer'
  for (const { name, labels, value } of samples) {
    if (name === 'cloudflare_logpush_up' && value !== 1 && !throttles) {
      const isOdd = labels.zone === 'odd.example'
      const mayBe =
        (isOdd && costsScope && labels.source === 'health') ||
        (isOdd && listLost && labels.source === 'inventory')
      if (!mayBe) wrong.push(`up is ${value} for ${labels.zone || labels.account} ${labels.source}`)
    }
    if (name === 'cloudflare_logpush_exporter_api_throttled_total' && value > 0 && !throttles)
      wrong.push(`${value} times throttled (${labels.api})`)
  }
  if (counted.size === 0) wrong.push('nothing was to be counted')
  if (!samples.some(({ name }) => name === 'cloudflare_logpush_up')) wrong.push('nothing is watched')
  if (!contrary && variant.cost === 'itself' && exporterReads(variant) && unreadable(samples) === 0)
    wrong.push('the object that cannot be read is not counted')
  if (!contrary && (costsScope || listLost) && !samples.some(isOddDown))
    wrong.push('nothing says that odd.example is lost')
  return wrong
}

const isOddDown = ({ name, labels, value }: ScrapedSample): boolean =>
  name === 'cloudflare_logpush_up' && labels.zone === 'odd.example' && value === 0

const exporterReads = ({ of }: Variant): boolean =>
  typeof of === 'string' ||
  of.some((one) => ['list_zones', 'list_accounts', 'list_jobs', 'history'].includes(one))

function unreadable(samples: readonly ScrapedSample[]): number {
  return samples
    .filter(({ name }) => name === 'cloudflare_logpush_exporter_unreadable_objects')
    .reduce((sum, { value }) => sum + value, 0)
}

function jobIdOf(key: string): string {
  const [, labels] = JSON.parse(key) as [string, { job_id: string }]
  return labels.job_id
}

/** Runs the program against a variant. A bug of ours is thrown on. */
async function runAgainst(variant: Variant | null, argv: (file: string) => readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'variant-'))
  const file = join(folder, 'manifest.yaml')
  const startAt = Math.floor(Date.now() / minute) * minute
  const { simulator, world } = await startVariantWorld(startAt)
  const env = {
    ...manifests.env,
    CLOUDFLARE_API_TOKEN: simulator.token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: simulator.url,
    XDG_CACHE_HOME: folder,
  }
  try {
    writeFileSync(file, manifests.applied)
    const first = await runProgram(['provision', 'apply', '-f', file, '--yes'], { env })
    if (first.code !== 0) throw new Error(`apply: ${first.stderr}`)
    writeFileSync(file, manifests.wanted)
    if (variant !== null) simulator.variants.enable(choiceOf(variant, world.odd))
    const run = await runProgram(argv(file), { env })
    return { ...run, text: `${run.stdout}\n${run.stderr}`.replaceAll(folder, '') }
  } finally {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const checkArguments = () => ['check']
const planArguments = (file: string) => ['provision', 'plan', '-f', file]

/** Operations that tell `check` what it needs, rather than what it likes to know. */
const neededByCheck = new Set(['list_zones', 'list_jobs', 'list_accounts'])

export async function checkCell(variant: Variant): Promise<readonly string[]> {
  const { code, text } = await runAgainst(variant, checkArguments)
  const wrong = commonFaults(text)
  if (!/^SCOPE/m.test(text) && !blinding.has(variant.name)) wrong.push(`no table: ${firstLines(text)}`)
  const loses =
    variant.cost === 'scope' ||
    (variant.cost === 'answer' &&
      typeof variant.of !== 'string' &&
      variant.of.some((one) => neededByCheck.has(one)))
  if (variant.cost === 'nothing' && code !== 0) wrong.push(`exit code ${code}: ${firstLines(text)}`)
  const onlyRows = /row/.test(variant.name)
  const spared = variant.of.includes('list_accounts') || onlyRows
  if (loses && !spared && code !== 1)
    wrong.push(`exit code ${code} though something is lost: ${firstLines(text)}`)
  return wrong
}

let baseline: Promise<string> | null = null

/** What the plan says where every answer is as usual. */
function plainPlan(): Promise<string> {
  baseline ??= runAgainst(null, planArguments).then(({ text }) => text)
  return baseline
}

/** What a plan can't do without. */
const neededByPlan = new Set(['list_jobs', 'list_policies', 'list_webhooks', 'list_zones', 'list_accounts'])

export async function planCell(variant: Variant): Promise<readonly string[]> {
  const plain = await plainPlan()
  const { code, stdout, text } = await runAgainst(variant, planArguments)
  const wrong = commonFaults(text)
  const { of, cost } = variant
  const hinders = cost === 'answer' && (typeof of === 'string' || of.some((one) => neededByPlan.has(one)))
  if (!/^Plan: 2 to create/m.test(plain)) throw new Error(`the plain plan: ${plain}`)
  if (of === 'graphql' || cost === 'nothing' || cost === 'itself') {
    if (bare(stdout) !== bare(plain)) wrong.push(`another plan: ${firstLines(text)}`)
    if (code !== 0 && cost !== 'itself') wrong.push(`exit code ${code}`)
  } else if (!hinders && !/^Plan: /m.test(stdout)) wrong.push(`no plan (${code}): ${firstLines(text)}`)
  else if (hinders && !/^Plan: /m.test(stdout) && code === 0) wrong.push('neither a plan nor a failure')
  return wrong
}

/** The plan itself, without notes about what could not be asked or read. */
const bare = (text: string): string => /^Plan: .*$/m.exec(text)?.[0] ?? text

function commonFaults(text: string): string[] {
  const secrets = Object.values(manifests.env).filter((secret) => text.includes(secret))
  return [
    ...secrets.map((secret) => `${secret} is shown`),
    ...(/a bug|InternalError|TypeError| at .*\.ts:\d+/.test(text) ? [`a bug: ${firstLines(text)}`] : []),
  ]
}

const firstLines = (text: string): string => text.trim().split('\n').slice(0, 4).join(' | ').slice(0, 300)
