import { readFileSync, realpathSync, statSync } from 'node:fs'
import { sep } from 'node:path'
import { fileReason } from '../errors.ts'
import type { FileText } from '../ports/runtime.ts'

/** A file that holds a secret is small: anything larger is the wrong file, and not worth the memory. */
export const maxSecretBytes = 65_536

/** What a manifest may read, wherever its links lead. */
export interface Confinement {
  readonly folders: readonly string[]
  /** Files that belong to this program, such as that of its API token: never read. */
  readonly own: readonly string[]
}

/** The text of a file that a manifest refers to, if it is one that the manifest may read. */
export function readConfinedFile(path: string, { folders, own }: Confinement): FileText {
  const real = realPath(path)
  // Outside, it is not even said whether there is such a file.
  if (!folders.some((folder) => isBelow(real ?? path, realPath(folder) ?? folder))) {
    return { ok: false, reason: "it is outside the manifest's folder; --references.allow allows its folder" }
  }
  if (real === null) return readSecretFile(path)
  return own.some((file) => realPath(file) === real)
    ? { ok: false, reason: 'it belongs to logpush-exporter itself' }
    : readSecretFile(real)
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
}

/**
 * The text of a file that holds a secret. Devices and pipes have no end, and what the kernel makes up when it is
 * read, such as the environment of a process, is no file that somebody wrote: neither is read.
 */
export function readSecretFile(path: string): FileText {
  try {
    const found = statSync(path)
    if (found.isDirectory()) return { ok: false, reason: 'it is a directory' }
    if (!found.isFile()) return { ok: false, reason: 'it is not a regular file' }
    if (found.size > maxSecretBytes) return { ok: false, reason: 'it is larger than 64 kB' }
    // The files of /proc and /sys say that they are empty, or a page long, whatever they hold.
    const text = readFileSync(path, 'utf8')
    return Buffer.byteLength(text) > found.size
      ? { ok: false, reason: 'it is not a file on a disk' }
      : { ok: true, text }
  } catch (error) {
    return { ok: false, reason: fileReason(error) }
  }
}
