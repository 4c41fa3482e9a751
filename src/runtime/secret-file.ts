import { readFileSync, statSync } from 'node:fs'
import { fileReason } from '../errors.ts'

/** A file that holds a secret is small: anything larger is the wrong file, and not worth the memory. */
export const maxSecretBytes = 65_536

/**
 * The text of a file that a manifest refers to. Devices and pipes have no end, and what the kernel makes up when it is
 * read, such as the environment of a process, is no file that somebody wrote: neither is read.
 */
export function readSecretFile(
  path: string,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string } {
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
