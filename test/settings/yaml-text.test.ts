import t from 'tap'
import { readYaml } from '../../src/settings/yaml-text.ts'

const million = 1_000_000

/** Each took the process down, or kept it busy for many seconds. */
const hostile: ReadonlyMap<string, readonly [text: string, problem: RegExp]> = new Map([
  ['an alias inside its own anchor', ['x: &a [*a]\n', /nested more than 100 levels deep/]],
  ['an alias inside its own mapping', ['x: &a {b: *a}\n', /nested more than 100 levels deep/]],
  ['20,000 opened lists', [`a: ${'['.repeat(20_000)}`, /nested more than 100 levels deep/]],
  ['20,000 opened mappings', [`a: ${'{b: '.repeat(20_000)}`, /nested more than 100 levels deep/]],
  ['20,000 opened lists, line by line', [`a:\n${' [\n'.repeat(20_000)}`, /nested more than 100 levels deep/]],
  ['20,000 dashes in a line', [`${'- '.repeat(20_000)}a`, /nested more than 100 levels deep/]],
  ['20,000 keys in braces', [`a: { ${'b: '.repeat(20_000)}c }\nd: 1\n`, /nested more than 100 levels deep/]],
  ['20,000 question marks in a line', [`${'? '.repeat(20_000)}a`, /nested more than 100 levels deep/]],
  [
    '400 levels by indentation',
    [Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /nested more than 100 levels/],
  ],
  ['300,000 jobs', ['- {name: a, dataset: b}\n'.repeat(300_000), /larger than 2 MB/]],
  ['a text of 10 MB', [`a: ${'x'.repeat(10 * million)}`, /larger than 2 MB/]],
  [
    'an alias bomb',
    [
      `a: &a [x, x, x, x, x, x, x, x, x, x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h']
        .map((name, i) => {
          const before = String.fromCharCode(96 + i + 1)
          return `${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`
        })
        .join('\n')}\n`,
      /more than 1000 aliases|too large/,
    ],
  ],
  ['5,000 aliases', [`a: &a x\nb:\n${'- *a\n'.repeat(5_000)}`, /more than 1000 aliases/]],
])

for (const [what, [text, problem]] of hostile) {
  t.test(`${what}: one problem, at once`, async (t) => {
    const began = performance.now()
    const read = readYaml(text)
    const took = performance.now() - began
    t.equal(read.ok, false)
    if (!read.ok) t.match(read.problems[0]?.message, problem)
    t.ok(took < 10_000, `${took.toFixed(0)} ms`)
  })
}

t.test('what people write is read: anchors, brackets in texts, rules of dashes, 90 levels', async (t) => {
  const texts = [
    'a: &a {b: 1}\nc: *a\nd: *a\n',
    `filter: '${'{"a":['.repeat(20)}${']}'.repeat(20)}'\n`,
    `# ${'-'.repeat(300)}\na: 1\n`,
    `# ${'- '.repeat(300)}\na: 1\n`,
    Array.from({ length: 90 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    '- - - a\n',
  ]
  for (const text of texts) t.strictSame(readYaml(text).ok, true, text.slice(0, 40))
})

t.test('a key that is no text is an error where it stands; a key of another type is its text', async (t) => {
  const at = (line: number, column: number) => ({ at: { line, column }, message: 'expected text as a key' })
  t.match(readYaml('a: 1\n? [b]\n: 2\n? {c: 1}\n: 3\n'), { ok: false, problems: [at(2, 3), at(4, 3)] })
  t.match(readYaml('1: a\ntrue: b\n'), { ok: true, root: { entries: [{ key: '1' }, { key: 'true' }] } })
})

t.test('a file has up to 2 MB and 100 levels', async (t) => {
  const comment = (length: number) => `#${'x'.repeat(length - 1)}`
  t.match(readYaml(comment(2 * million + 97_152)), { ok: true, root: { kind: 'map', entries: [] } })
  const large = [{ at: { line: 1, column: 1 }, message: 'the file is larger than 2 MB' }]
  t.strictSame(readYaml(comment(2 * million + 97_153)), { ok: false, problems: large })
  const lists = (depth: number) => `\na: ${'['.repeat(depth)}${']'.repeat(depth)}\n`
  t.equal(readYaml(lists(100)).ok, true)
  t.equal(readYaml(`${'- '.repeat(100)}a`).ok, true)
  t.strictSame(readYaml(lists(101)), {
    ok: false,
    problems: [{ at: { line: 2, column: 1 }, message: 'nested more than 100 levels deep' }],
  })
})

t.test('every key that stands twice is told; of what is broken only the first, in plain words', async (t) => {
  const problemsOf = (text: string) => {
    const read = readYaml(text)
    return read.ok ? [] : read.problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`)
  }
  t.strictSame(problemsOf('a: 1\na: 2\na: 3\n'), [
    '2:1 not valid YAML: Map keys must be unique',
    '3:1 not valid YAML: Map keys must be unique',
  ])
  t.equal(problemsOf('a: 1\na: 2\nb: [\nc: ]]\n').length, 1)
  t.match(problemsOf('a:\n\tb: 1\n'), [/^2:1 not valid YAML: a tab is used for indentation; use spaces$/])
  t.match(problemsOf('a: b: c\n'), [
    /not valid YAML: the indentation is wrong, or a value with ": " in it needs quotes$/,
  ])
})

t.test('a scalar keeps the text it was written with, and says of what type it is', async (t) => {
  const read = readYaml('a: 0x10\nb: true\nc: yes\nd: "1"\ne: ~\nf:\n')
  t.match(read.ok && read.root, {
    kind: 'map',
    entries: [
      { key: 'a', value: { type: 'number', text: '0x10' } },
      { key: 'b', value: { type: 'boolean', text: 'true' } },
      { key: 'c', value: { type: 'text', text: 'yes' } },
      { key: 'd', value: { type: 'text', text: '1' } },
      { key: 'e', value: { type: 'nothing', text: '' } },
      { key: 'f', value: { type: 'nothing', text: '' } },
    ],
  })
})
