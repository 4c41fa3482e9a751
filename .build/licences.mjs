// The licences of every package that ships, in the bundle or beside it.
//   node .build/licences.mjs                  prints one line a package: name, version, licence
//   node .build/licences.mjs --notices FILE   writes the licence texts that must travel with the bundle
// Exits 1 when a package has no licence, or one that is not in the list below.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { shippedPackages } from './shipped.mjs'

/** Permissive licences: they ask for their notice to be kept, and for nothing else that touches this program. */
const accepted = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
])

const packages = await shippedPackages()

/** Whether one way to read an SPDX expression is acceptable: each AND part must be, of OR parts one. */
function isAccepted(expression) {
  return expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((part) => accepted.has(part.trim())))
}

function noticeOf({ path, licence }) {
  const file = readdirSync(path).find((name) => /^(licen[cs]e|copying)/i.test(name))
  return file === undefined
    ? `Licensed under ${licence}; the package has no licence file.`
    : readFileSync(join(path, file), 'utf8').trim()
}

const notices = process.argv.indexOf('--notices')
if (notices === -1) {
  for (const { name, version, licence } of packages) process.stdout.write(`${name}\t${version}\t${licence}\n`)
} else {
  const byText = new Map()
  for (const each of packages) {
    const text = noticeOf(each)
    byText.set(text, [...(byText.get(text) ?? []), `${each.name} ${each.version}`])
  }
  const parts = [...byText].map(([text, names]) => `${names.join(', ')}\n\n${text}\n`)
  writeFileSync(process.argv[notices + 1], `${parts.join(`\n${'-'.repeat(80)}\n\n`)}`)
}

const refused = packages.filter(({ licence }) => !isAccepted(licence))
if (refused.length > 0) {
  process.stderr.write(
    `not acceptable: ${refused.map(({ name, licence }) => `${name} (${licence})`).join(', ')}\n`,
  )
  process.exitCode = 1
}
