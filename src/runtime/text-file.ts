import { closeSync, openSync, readSync } from 'node:fs'
import { fileReason } from '../errors.ts'
import type { FileText } from '../ports/runtime.ts'

/** Far above what anybody writes, or a state of Terraform holds; a device without end stops there. */
const maxBytes = 64 * 2 ** 20

/** The text of a file that the user named, which may be a pipe. */
export function readTextFile(path: string): FileText {
  try {
    const file = openSync(path, 'r')
    try {
      const parts: Buffer[] = []
      for (let length = 0; length <= maxBytes; ) {
        const part = Buffer.allocUnsafe(262_144)
        const count = readSync(file, part)
        if (count === 0) return { ok: true, text: Buffer.concat(parts).toString('utf8') }
        parts.push(part.subarray(0, count))
        length += count
      }
      return { ok: false, reason: 'it is larger than 64 MB' }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    return { ok: false, reason: fileReason(error) }
  }
}
