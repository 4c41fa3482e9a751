/*
 * The buckets of the demo: a folder that the simulator fills with log files and serves as S3, and the rules by which
 * the exporter reads it. Files take the room of their first line only, whatever their size.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ArrivalRule } from '../../domain/arrival/arrival-rule.ts'
import { storePath } from '../../simulator/server.ts'
import { type FolderStore, openFolderStore } from '../../simulator/store/folder-store.ts'

const minute = 60_000

/** So much of the past is in the store when the demo begins: enough for a comparison at once. */
export const storeHistoryMs = 25 * minute

/** The simulated store takes any. */
export const anyKeys = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' } as const

export interface DemoStore {
  readonly store: FolderStore
  remove(): Promise<void>
}

/** A folder of its own, which goes with the demo. */
export async function openDemoStore(): Promise<DemoStore> {
  const folder = await mkdtemp(join(tmpdir(), 'logpush-demo-'))
  return {
    store: await openFolderStore(folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Reads the buckets of S3 and R2 jobs where the simulator serves them. */
export function demoArrival(origin: string): readonly ArrivalRule[] {
  const endpoint = `${origin}${storePath}`
  return (['s3', 'r2'] as const).map((kind) => ({
    match: { destinationType: kind },
    read: { kind, endpoint },
    intervalMs: 10_000,
    tolerance: 0.98,
    lateWindowMs: storeHistoryMs - 5 * minute,
  }))
}
