import { quoted } from '../../domain/positioned.ts'

const maxNameLength = 512

/** What a job's name should have been, and what it is instead; null when it is fine. Cloudflare refuses blanks and most signs. */
export function expectedName(name: string): string | null {
  if (name.length > maxNameLength) return `at most ${maxNameLength} characters, found ${name.length}`
  return /^[A-Za-z0-9._-]*$/.test(name)
    ? null
    : `letters, digits, dots and dashes only, found ${quoted(name)}`
}
