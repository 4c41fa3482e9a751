import { join } from 'node:path'
import t from 'tap'
import { mutantsOf, mutated } from './mutants.ts'
import { belowBar, report } from './report.ts'
import { randomOf, shuffled } from './sample.ts'
import type { Trial, Verdict } from './trial.ts'
import { typeChecker } from './type-check.ts'

const sample = `import { a } from './a.ts'
type Word = 'x' | 'y'
export function next(list: readonly number[], word: Word): number {
  if (list.length > 2) return 1
  a.forget(word)
  return Math.max(...list.filter((n) => n !== 0)) ?? -1
}
`

t.test('a method that every object has is not swapped for another', async (t) => {
  t.same(mutantsOf('src/next.ts', 'export const text = (n: number) => n.toString()\n'), [])
})

t.test(
  'every place of a source that could be wrong gives its mutants, types and imports give none',
  async (t) => {
    t.same(
      mutantsOf('src/next.ts', sample).map(
        ({ line, kind, before, after }) => `${line} ${kind} ${before} → ${after}`,
      ),
      [
        '4 condition list.length > 2 → true',
        '4 condition list.length > 2 → false',
        '4 operator > → >=',
        '4 operator > → <=',
        '4 number 2 → 3',
        '4 number 2 → 0',
        '4 number 1 → 2',
        '4 number 1 → 0',
        '5 statement a.forget(word) → ;',
        '6 nullish Math.max(...list.filter((n) => n !== 0)) ?? -1 → Math.max(...list.filter((n) => n !== 0))',
        '6 minmax max → min',
        '6 callback (n) => n !== 0 → () => true',
        '6 operator !== → ===',
        '6 condition n !== 0 → true',
        '6 condition n !== 0 → false',
        '6 number 0 → 1',
        '6 number 1 → 2',
        '6 number 1 → 0',
      ],
    )
  },
)

t.test('texts, lists, truths and methods have mutants of their own', async (t) => {
  const changes = (text: string) =>
    mutantsOf('src/a.ts', text).map(({ before, after }) => `${before} → ${after}`)
  t.same(changes("const a = 'b'"), ["'b' → ''"])
  t.same(changes("const a = ''"), ["'' → 'mutated'"])
  t.same(changes("deps.log?.warn({ code: 'b' }, 'no file')"), [
    "deps.log?.warn({ code: 'b' }, 'no file') → ;",
    "'b' → ''",
  ])
  t.same(changes("const a = report.warn(b, 'no file')"), ["'no file' → ''"])
  t.same(changes('const a = `$' + '{b}`'), ['`$' + "{b}` → ''"])
  t.same(changes('const a = [b]'), ['[b] → []'])
  t.same(changes('const a = []'), [])
  t.same(changes('const a = true'), ['true → false'])
  t.same(changes('const a = !b'), ['!b → b'])
  t.same(changes('const a = b.sort(c)'), ['b.sort(c) → b'])
  t.same(changes('const a = b.some(c)'), ['some → every', 'c → () => true'])
  t.same(changes("const a = { 'b-c': d }"), [], 'a name of a property is left alone')
  t.same(changes("const a = import('b')"), [], 'a name of a module is left alone')
})

t.test('what no test can tell from the source is no mutant', async (t) => {
  const changes = (text: string) =>
    mutantsOf('src/a.ts', text).flatMap(({ kind, before, after }) =>
      kind === 'operator' || kind === 'number' ? [`${before} → ${after}`] : [],
    )
  t.same(changes('const a = b < c ? b : c'), ['< → >='], 'the smaller of two equal ones')
  t.same(changes('const a = b >= c ? c : b'), ['>= → <='])
  t.same(changes('const a = b < c ? b : d'), ['< → <=', '< → >='])
  const signs = changes('list.sort((a, b) => (a.x === b.x ? 0 : a.x ? -1 : 2) || 3)')
  t.same(signs, ['|| → &&', '=== → !==', '0 → 1', '1 → 0', '2 → 0', '3 → 0'], 'how much more or less')
  t.same(changes('list.map((a) => (a ? 1 : 2))'), ['1 → 2', '1 → 0', '2 → 3', '2 → 0'])
})

t.test('a mutant stands in the text where it was found', async (t) => {
  const mutant = mutantsOf('src/next.ts', sample).find(({ kind }) => kind === 'minmax')
  t.equal(mutant && mutated(sample, mutant), sample.replace('max', 'min'))
})

t.test(
  'the same seed gives the same sample, another seed another one, and a line gives one mutant',
  async (t) => {
    const text = Array.from({ length: 50 }, (_, n) => `export const a${n} = b${n} < c && d`).join('\n')
    const mutants = mutantsOf('src/a.ts', text)
    const drawn = (seed: number, name = 'domain') => shuffled(mutants, randomOf(seed, name))
    t.same(drawn(1), drawn(1))
    t.not(drawn(1)[0], drawn(2)[0])
    t.not(drawn(1)[0], drawn(1, 'http')[0])
    t.equal(drawn(1).length, 50)
    t.equal(new Set(drawn(1).map(({ line }) => line)).size, 50)
  },
)

t.test('texts and numbers come less often than conditions', async (t) => {
  const text = Array.from({ length: 200 }, (_, n) => `a${n}('x')\na${n}(b < c)`).join('\n')
  const first = shuffled(mutantsOf('src/a.ts', text.replaceAll('\na', '\nd = a')), randomOf(3, 'a')).slice(
    0,
    100,
  )
  const texts = first.filter(({ kind }) => kind === 'string').length
  t.ok(texts > 0 && texts < 40, `${texts} of 100`)
})

t.test('a mutant must type-check; names that it leaves unused are no matter', async (t) => {
  const folder = t.testdir({
    'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, noUnusedLocals: true, types: [] } }),
    src: { 'size.ts': 'export const size = 1\n' },
  })
  const fits = typeChecker(join(folder, 'tsconfig.json'))
  const path = join(folder, 'src/size.ts')
  t.equal(fits(path, 'export const size: number = 1\nconst unused = 2\n'), true)
  t.equal(fits(path, "export const size: number = 'one'\n"), false)
  t.equal(fits(path, 'export const size = (\n'), false)
  t.equal(fits(path, 'export const size = 1\n'), true, 'what was wrong before is forgotten')
})

t.test('the report counts by folder, names each survivor, and a folder below its bar fails', async (t) => {
  const [mutant] = mutantsOf('src/domain/a.ts', 'a()\n')
  if (mutant === undefined) throw new Error('the sample has no mutant')
  const trials = (...verdicts: readonly Verdict[]): Trial[] =>
    verdicts.map((verdict) => ({ mutant, verdict, ran: ['test/a.test.ts'], notRun: [] }))
  const results = [
    { folder: 'domain', trials: trials('killed', 'killed', 'killed', 'killed', 'survived') },
    { folder: 'http', trials: trials('killed', 'timeout', 'killed', 'killed', 'survived') },
    { folder: 'ports', trials: [] },
  ]
  const text = report(results)
  t.match(text, '| domain | 5 | 4 | 0 | 1 | 80 % | 90 % |\n| http | 5 | 3 | 1 | 1 | 80 % | 80 % |\n')
  t.match(text, '| ports | 0 | 0 | 0 | 0 | 100 % | 80 % |\n| **all** | 10 | 7 | 1 | 2 | 80 % |  |\n')
  t.match(text, 'survived src/domain/a.ts:1 statement: `a()` → `;`\n    passed: test/a.test.ts')
  t.same(belowBar(results), ['domain'])
})
