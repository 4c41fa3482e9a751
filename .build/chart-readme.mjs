// Writes the table of values into the chart's README.md, from the comments in its values.yaml. A comment describes the
// key below it: a value, or a mapping as a whole when nothing inside it has a comment. A value without one is an error.
// Run `npm run chart:files` after changing a value.
//   --check  changes nothing; exits 1 when the table is stale
import { readFileSync, writeFileSync } from 'node:fs'
import { isMap, parseDocument } from 'yaml'

const chart = 'deploy/helm/logpush-exporter'
const readme = `${chart}/README.md`
const begin = '<!-- values -->\n'
const end = '<!-- end of values -->\n'

/** The comment right above a key; one that is set apart by an empty line describes a section, not the key. */
function commentOf(map, index) {
  const { key } = map.items[index]
  const text = key.commentBefore ?? (index === 0 ? map.commentBefore : null) ?? ''
  const last = text.split(/\n\s*\n/).at(-1)
  return last
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .trim()
}

function hasComments(map) {
  return map.items.some(
    ({ value }, index) => commentOf(map, index) !== '' || (isMap(value) && hasComments(value)),
  )
}

/** @returns a row for each value: its path, its default as JSON and its description. */
function rowsOf(map, path) {
  return map.items.flatMap(({ key, value }, index) => {
    const here = [...path, key.value]
    if (isMap(value) && value.items.length > 0 && hasComments(value)) return rowsOf(value, here)
    const description = commentOf(map, index)
    if (description === '') throw new Error(`${chart}/values.yaml: ${here.join('.')} has no comment`)
    return [[here.join('.'), JSON.stringify(value.toJSON()), description]]
  })
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
const { contents } = parseDocument(readFileSync(`${chart}/values.yaml`, 'utf8'))
const rows = rowsOf(contents, [])
const table = [
  '| value | default | |',
  '|---|---|---|',
  ...rows.map(
    ([name, value, what]) => `| \`${name}\` | \`${value.replaceAll('|', '\\|')}\` | ${cell(what)} |`,
  ),
]

const text = readFileSync(readme, 'utf8')
const [before, rest] = text.split(begin)
const after = rest?.split(end)[1]
if (after === undefined) throw new Error(`${readme}: the marks around the table are missing`)
const wanted = `${before}${begin}${table.join('\n')}\n${end}${after}`
if (!process.argv.includes('--check')) {
  writeFileSync(readme, wanted)
  process.stdout.write(`${readme}: ${rows.length} values\n`)
} else if (wanted !== text) {
  process.stderr.write(`${readme} differs from values.yaml: run \`npm run chart:files\`\n`)
  process.exitCode = 1
}
