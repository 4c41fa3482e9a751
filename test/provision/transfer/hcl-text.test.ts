import t from 'tap'
import { type HclAttribute, hclString, hclText } from '../../../src/provision/transfer/hcl-text.ts'

/* Terraform's language, as its own formatter writes it. */

const block = (...attributes: readonly HclAttribute[]) => hclText([{ head: 'a "b"', attributes }])

t.test(
  'the equals signs of neighbours stand under each other, and what has no value is left out',
  async (t) => {
    t.equal(
      block(['name', 'x'], ['none', null], ['enabled', true], ['max', 0], ['token', { code: 'var.t' }]),
      'a "b" {\n  name    = "x"\n  enabled = true\n  max     = 0\n  token   = var.t\n}\n',
    )
  },
)

t.test('what takes several lines stands by itself, and parts its neighbours', async (t) => {
  t.equal(
    block(
      ['a', 1],
      [
        'object',
        {
          object: [
            ['long', 1],
            ['b', [2]],
          ],
        },
      ],
      ['longer', 2],
      ['c', 3],
    ),
    `a "b" {
  a = 1
  object = {
    long = 1
    b    = [2]
  }
  longer = 2
  c      = 3
}
`,
  )
})

t.test('a list stands on one line up to 100 characters, each item on its own above', async (t) => {
  const list = (size: number) => block(['x', ['a', 'b'.repeat(size)]])
  const fits = 100 - '["a", ""]'.length
  t.equal(list(fits), `a "b" {\n  x = ["a", "${'b'.repeat(fits)}"]\n}\n`)
  t.equal(list(fits + 1), `a "b" {\n  x = [\n    "a",\n    "${'b'.repeat(fits + 1)}",\n  ]\n}\n`)
  t.equal(block(['x', []]), 'a "b" {\n  x = []\n}\n')
})

t.test('a list of objects has each of them in lines', async (t) => {
  t.equal(
    block(['x', [{ object: [['id', 'a']] }, { object: [] }]]),
    'a "b" {\n  x = [\n    {\n      id = "a"\n    },\n    {\n    },\n  ]\n}\n',
  )
})

t.test('blocks stand in blocks, and an empty line between those at the top', async (t) => {
  const inner = { head: 'filters', attributes: [['zones', ['z']]] } as const
  t.equal(
    hclText([
      { head: 'one', attributes: [['a', 1]], blocks: [inner] },
      { head: 'two', attributes: [] },
    ]),
    'one {\n  a = 1\n  filters {\n    zones = ["z"]\n  }\n}\n\ntwo {\n}\n',
  )
  t.equal(hclText([]), '')
})

t.test('nothing in a text ends it or is filled in', async (t) => {
  for (const [text, written] of [
    ['plain', '"plain"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['a\nb\rc\td', '"a\\nb\\rc\\td"'],
    ['\u0007\u009b', '"\\u0007\\u009b"'],
    [`\${a} %{b} $ {c}`, `"$\${a} %%{b} $ {c}"`],
  ] as const)
    t.equal(hclString(text), written)
})
