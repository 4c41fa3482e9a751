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
