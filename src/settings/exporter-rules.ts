import { Secret } from '../domain/secret.ts'
import { allSettings, type Settings } from './exporter-settings.ts'
import { isPostgresAddress } from './state-path.ts'

/* What a table cannot say of one setting alone. */

/** Paths that the server keeps for itself; the metrics cannot be moved there. */
const ownPaths = ['/healthz', '/livez', '/readyz', '/exporter', '/runbooks', '/webhooks/cloudflare']
/** What begins like this is ours as well. */
const ownFolders = ['/-/', '/jobs/', '/runbooks/', '/api/v1/']

/** Settings that are right one by one and wrong together. */
export function conflicts(settings: Settings): readonly string[] {
  const problems: string[] = []
  if (settings.shard === 'auto') {
    if (!isPostgresAddress(settings.statePath))
      problems.push('--shard: auto needs PostgreSQL; name a database in --state.path, or give a number')
  } else if (settings.shard >= settings.totalShards) {
    problems.push(
      `--shard: expected a number below --total-shards (${settings.totalShards}), found ${settings.shard}; shards are counted from 0`,
    )
  }
  const { telemetryPath } = settings
  if (ownPaths.includes(telemetryPath) || ownFolders.some((start) => telemetryPath.startsWith(start))) {
    problems.push(`--web.telemetry-path: ${telemetryPath} is taken by another page of this server`)
  }
  return problems
}

/** What is wrong when Cloudflare is to be called and there is nothing to identify with. */
export function missingToken(settings: Pick<Settings, 'apiToken' | 'apiTokenFile'>): readonly string[] {
  if (settings.apiToken !== null || settings.apiTokenFile !== null) return []
  return ['CLOUDFLARE_API_TOKEN: no API token; set it, or pass a file with --cloudflare.api-token-file']
}

/** A setting that differs between two readings; `name` is how users know it. */
export interface ChangedSetting {
  readonly name: string
  /** False: the change takes effect only after a restart. */
  readonly reloadable: boolean
}

export function changedSettings(before: Settings, after: Settings): readonly ChangedSetting[] {
  const valuesBefore = new Map<string, unknown>(Object.entries(before))
  const valuesAfter = new Map<string, unknown>(Object.entries(after))
  return Object.entries(allSettings).flatMap(([key, { flag, env, fileKey, reloadable }]) =>
    sameValue(valuesBefore.get(key), valuesAfter.get(key))
      ? []
      : [{ name: flag === null ? (env ?? fileKey ?? key) : `--${flag}`, reloadable }],
  )
}

/** What is in force after a reload: the new values, but the old ones of settings that need a restart. */
export function reloadedSettings(before: Settings, after: Settings): Settings {
  const kept = Object.entries(before).filter(([key]) => isRow(key) && !allSettings[key].reloadable)
  return { ...after, ...Object.fromEntries(kept) }
}

function isRow(key: string): key is keyof typeof allSettings {
  return key in allSettings
}

function sameValue(a: unknown, b: unknown): boolean {
  // As JSON all secrets look alike, so these are compared by themselves.
  if (a instanceof Secret && b instanceof Secret) return a.equals(b)
  return JSON.stringify(a) === JSON.stringify(b)
}
