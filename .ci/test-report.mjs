// What came out: counts whole tests, prints each as it ends, and closes with the slowest files and the one line
// "N passed, N failed" (and ", N skipped").

import { stripVTControlCharacters } from 'node:util'

/** A log file holds no colours. */
const plain = (text) =>
  process.stdout.isTTY ? text : stripVTControlCharacters(text).replace(/[ \t]+$/gm, '')

const out = (text) => process.stdout.write(text)
const seconds = (milliseconds) => (milliseconds / 1000).toFixed(1)

/** `readable` turns what names compiled files into what names their sources. */
export function createReport(readable) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const failures = []
  const skips = []
  const times = []
  let files = 0
  /** By path, why its first assertion failed: a log that is cut at its beginning must still say it. */
  const reasons = new Map()

  const count = (ok, title) => {
    counts[ok ? 'passed' : 'failed'] += 1
    if (!ok) failures.push(title)
  }

  return {
    /** Something that passes or fails as one, such as the type check. */
    step(name, ok, milliseconds, note = '') {
      count(ok, name)
      out(`${ok ? '✔' : '✖'} ${name} (${note}${seconds(milliseconds)} s)\n`)
    },

    filesEnded({ name, paths }, milliseconds) {
      files += paths.length
      times.push({ name, milliseconds })
    },

    /**
     * tap reports its assertions as tests inside the test: a failed one is shown, only whole tests are counted.
     * `lastWords` is what the file wrote to its standard error: the reason, when it died outside its tests.
     */
    test(path, { name, nesting, details, skip }, ok, lastWords = '') {
      const isFile = readable(name) === path
      const title = isFile ? path : `${path}: ${name}`
      if (skip !== undefined && skip !== false) {
        counts.skipped += 1
        skips.push(`${title}${typeof skip === 'string' && skip !== '' ? ` (${skip})` : ''}`)
        return
      }
      if (!ok && (details?.type !== 'suite' || isFile)) {
        const error = details?.error
        const text = error?.cause?.stack ?? error?.cause ?? error?.stack ?? error
        const why = isFile ? `${String(text)}\n${lastWords}`.trimEnd() : String(text)
        const shown = plain(readable(why)).replace(/^/gm, '    ')
        out(`✖ ${title}\n${shown}\n`)
        if (!reasons.has(path)) reasons.set(path, `${name}\n${shown}`.split('\n').slice(0, 20).join('\n'))
      }
      if (nesting > 0) return
      // A file stands for itself only when it died outside its tests.
      if (isFile && (ok || failures.some((failure) => failure.startsWith(path)))) return
      count(ok, title)
      if (ok) out(`✔ ${title} (${Math.round(details?.duration_ms ?? 0)} ms)\n`)
    },

    /** Prints the end; true when all is well. With `nothingSkipped`, a skipped test is a failed one. */
    close({ nothingSkipped, milliseconds }) {
      for (const skip of skips) out(`skipped: ${skip}\n`)
      for (const failure of failures) out(`failed: ${failure}\n`)
      for (const [path, reason] of reasons) out(`in ${path}: ${reason}\n`)
      const slowest = times.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 10)
      out(`The slowest of ${files} files:\n`)
      for (const { name, milliseconds: taken } of slowest) out(`${seconds(taken).padStart(7)} s ${name}\n`)
      out(`${files} files in ${Math.round(milliseconds / 1000)} s\n`)
      if (nothingSkipped && counts.skipped > 0) {
        counts.failed += counts.skipped
        out('In CI nothing may be skipped.\n')
      }
      const skippedPart = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
      out(`${counts.passed} passed, ${counts.failed} failed${skippedPart}\n`)
      return counts.failed === 0 && counts.passed > 0
    },
  }
}
