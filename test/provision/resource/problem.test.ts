import t from 'tap'
import { checked, type Problem, problemText, sortProblems } from '../../../src/provision/resource/problem.ts'

const problem = (file: string, line: number, column: number, level: Problem['level'] = 'error'): Problem => ({
  at: { file, line, column },
  level,
  message: 'is wrong',
})

t.test('problems come by file, line and column, each once', async (t) => {
  const sorted = [
    problem('a.yaml', 2, 30),
    problem('a.yaml', 10, 3),
    problem('a.yaml', 10, 20),
    problem('b.yaml', 1, 1),
    problem('b.yaml', 1, 1, 'warning'),
  ]
  const [first, second, third, fourth, fifth] = sorted.map(problemText)
  for (const order of [sorted, sorted.toReversed(), [...sorted, ...sorted]]) {
    const texts = sortProblems(order).map(problemText)
    t.same(texts.slice(0, 3), [first, second, third])
    t.same(texts.slice(3).sort(), [fourth, fifth].sort())
  }
})

t.test('a warning never stops anything, an error always does', async (t) => {
  const warning = problem('a.yaml', 1, 1, 'warning')
  t.same(checked(7, [warning]), { ok: true, value: 7, warnings: [warning] })
  const error = problem('a.yaml', 2, 1)
  t.same(checked(7, [error, warning]), { ok: false, problems: [warning, error] })
})
