import { PassThrough } from 'node:stream'
import t from 'tap'
import { openProgress } from '../../../src/commands/provision/progress.ts'
import type { ApplyEvent } from '../../../src/provision/apply/apply-event.ts'

/* How progress is shown: as events for programs, as lines for pipelines, drawn on a terminal. */

const began: ApplyEvent = { event: 'begin', steps: 2 }
const subject = { change: 'create', kind: 'job', name: 'sre-a', scope: 'account Quay' } as const
const done: ApplyEvent = { event: 'step', subject, step: { state: 'done', id: null, note: null } }
const info = { logLevel: 'info', logFormat: null } as const

function shown(output: 'text' | 'json', terminal: boolean, env: Readonly<Record<string, string>> = {}) {
  const stdout: string[] = []
  const stderr: string[] = []
  const drawn: string[] = []
  const stderrStream = Object.assign(new PassThrough(), { columns: 20 })
  stderrStream.on('data', (chunk) => drawn.push(String(chunk)))
  const progress = openProgress(output, {
    stdout: (line) => stdout.push(line),
    stderr: (line) => stderr.push(line),
    stderrStream,
    // Results may go elsewhere: only where progress goes counts.
    terminal: { stdin: false, stdout: !terminal, stderr: terminal },
    env,
  })
  return { progress, stderrStream, stdout, stderr, drawn }
}

t.test('programs get events on stdout, terminal or not, and the log as it is', async (t) => {
  for (const terminal of [true, false]) {
    const { progress, stderrStream, stdout, stderr, drawn } = shown('json', terminal)
    progress.show(began)
    t.strictSame(
      { stdout, stderr, drawn },
      { stdout: ['{"event":"begin","steps":2}'], stderr: [], drawn: [] },
    )
    t.equal(progress.logStream, stderrStream)
    t.strictSame(progress.logSettings(info), info)
  }
})

t.test('a pipeline gets a line for each step, and the log as it is', async (t) => {
  const { progress, stderrStream, stdout, stderr, drawn } = shown('text', false)
  progress.show(began)
  progress.show(done)
  t.strictSame(
    { stdout, stderr, drawn },
    { stdout: [], stderr: ['[1/2] create job sre-a (account Quay): done'], drawn: [] },
  )
  t.equal(progress.logStream, stderrStream)
  t.strictSame(progress.logSettings(info), info)
})

t.test('on a terminal it is drawn in its width, in colours unless NO_COLOR is set', async (t) => {
  const { progress, stdout, stderr, drawn } = shown('text', true)
  progress.show(began)
  progress.show(done)
  t.strictSame({ stdout, stderr }, { stdout: [], stderr: [] })
  const colored =
    '\u001b[32m✔\u001b[39m create job sre-a (account Quay): done\n\u001b[2m1 of 2 done\u001b[22m\n'
  t.equal(drawn.join(''), colored)

  const plain = '✔ create job sre-a (account Quay): done\n1 of 2 done\n'
  for (const [env, text] of [
    [{ NO_COLOR: '1' }, plain],
    [{ NO_COLOR: '' }, colored],
  ] as const) {
    const other = shown('text', true, env)
    other.progress.show(began)
    other.progress.show(done)
    t.equal(other.drawn.join(''), text)
  }
  progress.show({ event: 'step', subject, step: { state: 'started' } })
  t.match(drawn.at(-1), '\u001b[2m… create job sre-a …\u001b[22m', 'what is under way is cut to the width')
})

t.test('log lines stand above what is drawn, each of them', async (t) => {
  const { progress, drawn } = shown('text', true, { NO_COLOR: '1' })
  progress.show(began)
  progress.show(done)
  drawn.length = 0
  progress.logStream.write('first\n')
  progress.logStream.write('second\n')
  t.equal(drawn.join(''), '\u001b[1A\u001b[0Jfirst\n1 of 2 done\n\u001b[1A\u001b[0Jsecond\n1 of 2 done\n')
})

t.test(
  'what is drawn is not logged as well, unless more of the log or a format of it is asked for',
  async (t) => {
    const { progress } = shown('text', true)
    t.strictSame(progress.logSettings(info), { logLevel: 'warn', logFormat: null })
    for (const settings of [
      { logLevel: 'info', logFormat: 'pretty' },
      { logLevel: 'debug', logFormat: null },
      { logLevel: 'error', logFormat: null },
    ] as const)
      t.strictSame(progress.logSettings(settings), settings)
  },
)
