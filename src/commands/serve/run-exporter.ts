import { hostname } from 'node:os'
import type { CommandIo } from '../../cli/command-io.ts'
import { type Secret, secretLines } from '../../domain/secret.ts'
import { type ExitCode, exitCode } from '../../errors.ts'
import { openWebConfig, type WebConfigSource } from '../../http/access/web-config-source.ts'
import type { ProgramLog } from '../../log/log.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import { preferSmallHeap } from '../../runtime/small-heap.ts'
import { createSystemClock } from '../../runtime/system-clock.ts'
import { openTokenSource } from '../../runtime/token-source.ts'
import { createWatchedFile, type WatchedFile, type WatchedFileOptions } from '../../runtime/watched-file.ts'
import type { Settings } from '../../settings/exporter-settings.ts'
import { isPostgresAddress } from '../../settings/state-path.ts'
import { build } from '../../version.ts'
import { openLog } from '../command-log.ts'
import { createExporter, type Exporter, type ExporterDeps } from './exporter.ts'

type Reread = () => Promise<
  | { readonly ok: true; readonly values: Settings }
  | { readonly ok: false; readonly problems: readonly string[] }
>

/**
 * Between listening and the first poll. Node loads its HTTP client with the first request, which takes 50 ms: who waits
 * for this program to come up has had an answer before that.
 */
const firstAnswersMs = 50

/** Runs the exporter until it is told to stop; `reread` gives the settings as they are now, for reload. */
export async function runExporter(
  settings: Settings,
  io: CommandIo,
  reread: Reread,
  clock: Clock = createSystemClock(),
): Promise<ExitCode> {
  preferSmallHeap()
  const secrets: (() => readonly Secret[])[] = []
  const log = await openLog(settings, io, clock, () => secrets.flatMap((latest) => latest()))
  const told = tellOf(log, 'token file', 'token', 'a new token')
  const token = await openTokenSource(settings, { clock, ...told })
  secrets.push(() => lines(token.latest()))
  const webhook = await openWebhookSecrets(settings, clock, log)
  if (webhook !== null) secrets.push(() => lines(webhook.latest()))
  const exporter = await createRunning(settings, {
    clock,
    random: Math.random,
    log,
    env: io.env,
    readFile: io.readFile,
    pid: process.pid,
    hostname: hostname(),
    nodeVersion: process.version,
    token,
    web: await openWeb(settings, clock, log),
    webhookSecrets: webhook === null ? null : async () => secretLines(await webhook.current()),
    reread: async () => {
      const parsed = await reread()
      if (!parsed.ok) return { ok: false, problem: parsed.problems.join('; ') }
      log.setLevel(parsed.values.logLevel)
      return { ok: true, settings: parsed.values }
    },
  })
  for (const { host, port } of await exporter.listen(settings.listenAddresses)) {
    log.info(
      { address: `${host.includes(':') ? `[${host}]` : host}:${port}`, version: build.version },
      'listening',
    )
  }
  const stopReload = io.onReload(() => void exporter.reload())
  await clock.sleep(firstAnswersMs, io.signal)
  try {
    await exporter.run(io.signal)
  } finally {
    stopReload()
  }
  return exitCode.done
}

/** One process, or one of those that share a database. What talks to PostgreSQL is loaded only with it. */
async function createRunning(
  settings: Settings,
  deps: ExporterDeps & { readonly hostname: string },
): Promise<Pick<Exporter, 'listen' | 'run' | 'reload'>> {
  if (!isPostgresAddress(settings.statePath)) return createExporter(settings, deps)
  return (await import('./replica.ts')).createReplica(settings, deps)
}

/** Read once at the start, so that a file that is not there is noticed then and not when Cloudflare calls. */
async function openWebhookSecrets(
  settings: Settings,
  clock: Clock,
  log: ProgramLog,
): Promise<WatchedFile | null> {
  if (settings.webhookSecretFile === null) return null
  const file = createWatchedFile({
    path: settings.webhookSecretFile,
    title: '--notifications.webhook-secret-file',
    clock,
    ...tellOf(log, 'webhook secret file', 'secrets', 'new secrets'),
  })
  await file.current()
  return file
}

/** Logs what becomes of a file that is read again and again. */
function tellOf(
  log: Log,
  file: string,
  kept: string,
  news: string,
): Pick<WatchedFileOptions, 'onProblem' | 'onChange'> {
  return {
    onProblem(problem) {
      if (problem === null) log.info({}, `reading the ${file} works again`)
      else log.error({ problem }, `cannot read the ${file}; keeping the last ${kept}`)
    },
    onChange: () => log.info({}, `the ${file} has ${news}`),
  }
}

function lines(secret: Secret | null): readonly Secret[] {
  return secret === null ? [] : secretLines(secret)
}

async function openWeb(settings: Settings, clock: Clock, log: ProgramLog): Promise<WebConfigSource | null> {
  if (settings.webConfigFile === null) return null
  const { readYaml } = await import('../../settings/yaml-text.ts')
  return openWebConfig(settings.webConfigFile, { clock, log, readYaml })
}
