import t from 'tap'
import {
  flag,
  forKeys,
  list,
  mapping,
  type Problems,
  readingOf,
  readWholeNumber,
  refuse,
  text,
} from '../../src/domain/file-reader.ts'
import type { Positioned } from '../../src/domain/positioned.ts'
import { readYaml } from '../../src/settings/yaml-text.ts'

/** What a reader gives for a text, and the problems it noted as `line:column message`. */
function read<T>(yaml: string, reader: (node: Positioned, problems: Problems) => T) {
  const parsed = readYaml(yaml)
  if (!parsed.ok) throw new Error('no YAML')
  const problems: Problems = []
  const value = reader(parsed.root, problems)
  return { value, problems: problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`) }
}

const server = (required?: readonly string[]) => (node: Positioned, problems: Problems) =>
  mapping(
    node,
    problems,
    { host: (value) => text(value, problems), port: (value) => readWholeNumber(value, problems) },
    required,
  )

t.test('a mapping gives what the readers of its keys gave', async (t) => {
  t.same(read('host: a\nport: 80', server(['host'])), { value: { host: 'a', port: 80 }, problems: [] })
})

t.test('all errors of a mapping are told at once, each where it stands', async (t) => {
  t.same(read('port: x\nhots: a', server(['host'])), {
    value: { port: null },
    problems: [
      '1:7 expected a whole number, found "x"',
      '2:1 unknown key "hots"; did you mean "host"?',
      '1:1 "host" is missing',
    ],
  })
})

t.test('an inherited name is an unknown key', async (t) => {
  t.match(read('toString: x', server()).problems, ['1:1 unknown key "toString"; known keys: host, port'])
})

t.test('nothing stands for an empty mapping only where no key is required', async (t) => {
  t.same(read('~', server()), { value: {}, problems: [] })
  t.match(read('~', server(['host', 'port'])).problems, [
    /expected a mapping with host and port, found nothing$/,
  ])
})

t.test('another thing than a mapping or a list is refused', async (t) => {
  t.same(read('- a', server()).problems, ['1:1 expected a mapping, found a list'])
  t.same(read('text', server()).problems, ['1:1 expected a mapping, found "text"'])
  t.same(
    read('a: b', (node, problems) => list(node, problems, () => 1)),
    {
      value: [],
      problems: ['1:1 expected a list, found a mapping'],
    },
  )
})

t.test('a list leaves out what cannot be read', async (t) => {
  const numbers = (node: Positioned, problems: Problems) =>
    list(node, problems, (item) => readWholeNumber(item, problems))
  t.same(read('[1, x, 0]', numbers), { value: [1, 0], problems: ['1:5 expected a whole number, found "x"'] })
})

t.test('a flag is true or false, a whole number has at most nine digits and no sign', async (t) => {
  t.same(
    ['true', 'false', 'yes', '[]'].map((yaml) => read(yaml, flag).value),
    [true, false, null, null],
  )
  t.same(
    ['0', '123456789', '1234567890', '-1', '1.5', '{}'].map((yaml) => read(yaml, readWholeNumber).value),
    [0, 123_456_789, null, null, null, null],
  )
})

t.test('one reader for several keys is told which', async (t) => {
  const seen: string[] = []
  read('a: 1\nb: 2', (node, problems) =>
    mapping(
      node,
      problems,
      forKeys(['a', 'b'], (key, value) => seen.push(`${key}=${text(value, problems)}`)),
    ),
  )
  t.same(seen, ['a=1', 'b=2'])
})

t.test('a reading is the value, or the problems that were noted', async (t) => {
  const problem = { at: { line: 1, column: 2 }, message: 'wrong' }
  t.same(readingOf('value', []), { ok: true, value: 'value' })
  t.same(readingOf('value', [problem]), { ok: false, problems: [problem] })
})

t.test('a mapping is no text, and a hint follows what was found', async (t) => {
  t.same(read('a: b', text), { value: null, problems: ['1:1 expected text, found a mapping'] })
  const hinted = (node: Positioned, problems: Problems) => refuse(node, 'a list', problems, 'add a dash')
  t.same(read('a: b', hinted).problems, ['1:1 expected a list, found a mapping; add a dash'])
})
