import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { scopeKey } from '../domain/scope.ts'
import { Secret } from '../domain/secret.ts'
import type { ChallengeCache, ChallengeRecord } from '../ports/challenge-cache.ts'
import type { ScopeRef } from '../ports/cloudflare.ts'
import type { Clock, Log } from '../ports/runtime.ts'

/*
 * Ownership challenges in one small JSON file. It holds tokens (good for 7 days, and only for one
 * scope and one destination), so only its owner may read it; destinations stand in it as hashes, since
 * they may carry credentials. Written to a new file that then takes the old one's place: a reader, or
 * a crash at any instant, sees the old content or the new one.
 */

export interface ChallengeCacheDeps {
  readonly path: string
  readonly pid: number
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

/** A challenge that was asked for is of no use after this: tokens live for 7 days. */
const requestLifeMs = 7 * 24 * 3_600_000

export function createChallengeCache(deps: ChallengeCacheDeps): ChallengeCache {
  let last: Promise<unknown> = Promise.resolve()
  /** One change at a time: each reads the file again, so that runs side by side lose little. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work)
    last = next
    return next
  }
  const change = (edit: (records: Map<string, ChallengeRecord>) => void): Promise<void> =>
    inTurn(async () => {
      try {
        const records = await readRecords(deps)
        edit(records)
        await writeRecords(deps, records)
      } catch (error) {
        deps.log.warn({ path: deps.path, reason: reasonOf(error) }, 'challenge cache not written')
      }
    })
  return {
    load: (scope, conf) => inTurn(async () => (await readRecords(deps)).get(keyOf(scope, conf)) ?? null),
    save: (scope, conf, record) => change((records) => records.set(keyOf(scope, conf), record)),
    forget: (scope, conf) => change((records) => records.delete(keyOf(scope, conf))),
  }
}

/** Remembers for the length of one run only. */
export function createMemoryChallengeCache(): ChallengeCache {
  const records = new Map<string, ChallengeRecord>()
  return {
    load: async (scope, conf) => records.get(keyOf(scope, conf)) ?? null,
    save: async (scope, conf, record) => {
      records.set(keyOf(scope, conf), record)
    },
    forget: async (scope, conf) => {
      records.delete(keyOf(scope, conf))
    },
  }
}

function keyOf(scope: ScopeRef, conf: Secret): string {
  return createHash('sha256')
    .update(`${scopeKey(scope)}\n${conf.reveal()}`)
    .digest('hex')
}

async function readRecords(deps: ChallengeCacheDeps): Promise<Map<string, ChallengeRecord>> {
  let text: string
  try {
    text = await readFile(deps.path, 'utf8')
  } catch (error) {
    if (!isMissing(error))
      deps.log.warn({ path: deps.path, reason: reasonOf(error) }, 'challenge cache not read')
    return new Map()
  }
  const records = decode(text)
  if (records === null) {
    deps.log.warn(
      { path: deps.path, reason: 'not a challenge cache of this program' },
      'challenge cache not read',
    )
    return new Map()
  }
  const now = deps.clock.now()
  return new Map([...records].filter(([, record]) => expiryOf(record) > now))
}

async function writeRecords(
  deps: ChallengeCacheDeps,
  records: ReadonlyMap<string, ChallengeRecord>,
): Promise<void> {
  await mkdir(dirname(deps.path), { recursive: true, mode: 0o700 })
  const temporary = `${deps.path}.${deps.pid}`
  let file: FileHandle | null = null
  try {
    file = await open(temporary, 'w', 0o600)
    // A file left by a crashed run keeps its old mode when it is opened.
    await file.chmod(0o600)
    await file.writeFile(encode(records))
    await file.sync()
    await file.close()
    await rename(temporary, deps.path)
  } catch (error) {
    await file?.close()
    await rm(temporary, { force: true })
    throw error
  }
}

function encode(records: ReadonlyMap<string, ChallengeRecord>): string {
  const challenges: Record<string, object> = {}
  for (const [key, record] of records) {
    challenges[key] = record.state === 'token' ? { ...record, token: record.token.reveal() } : record
  }
  return `${JSON.stringify({ version: 1, challenges }, null, 2)}\n`
}

function decode(text: string): Map<string, ChallengeRecord> | null {
  let whole: unknown
  try {
    whole = JSON.parse(text)
  } catch {
    return null
  }
  if (!isObject(whole) || whole.version !== 1 || !isObject(whole.challenges)) return null
  const records = new Map<string, ChallengeRecord>()
  for (const [key, value] of Object.entries(whole.challenges)) {
    const record = decodeRecord(value)
    if (record !== null) records.set(key, record)
  }
  return records
}

function decodeRecord(value: unknown): ChallengeRecord | null {
  if (!isObject(value)) return null
  const { state, filename, requestedAt, token, expiresAt } = value
  if (state === 'requested' && typeof filename === 'string' && typeof requestedAt === 'number') {
    return { state, filename, requestedAt }
  }
  if (state === 'token' && typeof token === 'string' && typeof expiresAt === 'number') {
    return { state, token: new Secret(token), expiresAt }
  }
  return null
}

function expiryOf(record: ChallengeRecord): number {
  return record.state === 'token' ? record.expiresAt : record.requestedAt + requestLifeMs
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isMissing(error: unknown): boolean {
  return isObject(error) && error.code === 'ENOENT'
}

function reasonOf(error: unknown): string {
  return isObject(error) && typeof error.code === 'string' ? error.code : 'unknown'
}
