import type { ArrivedFile } from '../../src/domain/arrival/arrival-ledger.ts'
import { dateOf, stampOf } from '../../src/domain/arrival/file-name.ts'
import { keyHash } from '../../src/domain/arrival/key-hash.ts'

/** 2026-11-28 10:00:00 UTC. */
export const tenOClock = Date.UTC(2026, 10, 28, 10)

export const second = 1_000
export const minute = 60_000
export const hour = 3_600_000

/** The name that Cloudflare gives the file of a time range. */
export function logFileName(start: number, end: number, hash = 'a1b2c3d4'): string {
  return `${stampOf(start)}_${stampOf(end)}_${hash}.log.gz`
}

/** Its key below a folder that has one folder for each day. */
export function logFileKey(folder: string, start: number, end: number, hash?: string): string {
  return `${folder}/${dateOf(start)}/${logFileName(start, end, hash)}`
}

export function arrivedFile(start: number, end: number, bytes = 100, hash = 'a1b2c3d4'): ArrivedFile {
  return { start, end, bytes, hash: keyHash(logFileName(start, end, hash)), written: end }
}
