import t from 'tap'
import { mayGoAhead } from '../../../src/commands/provision/consent.ts'
import { exitCode } from '../../../src/errors.ts'

/* Who is asked before something is written, and what counts as a yes. */

interface Seat {
  readonly answer?: string | null
  readonly stdin?: boolean
  readonly stderr?: boolean
}

async function asked(yes: boolean, { answer = null, stdin = true, stderr = true }: Seat = {}) {
  const questions: string[] = []
  const said: string[] = []
  const goesAhead = await mayGoAhead('Write it?', yes, {
    terminal: { stdin, stdout: false, stderr },
    ask: async (question) => {
      questions.push(question)
      return answer
    },
    stderr: (line) => said.push(line),
  })
  return { goesAhead, questions, said }
}

t.test('with --yes nobody is asked, whatever there is to ask on', async (t) => {
  const silent = { goesAhead: true, questions: [], said: [] }
  t.strictSame(await asked(true), silent)
  t.strictSame(await asked(true, { stdin: false, stderr: false }), silent)
})

t.test('only "yes" in full is a yes, in capitals too', async (t) => {
  const questions = ['Write it? Type "yes" to continue: ']
  for (const answer of ['yes', 'YES', 'Yes'])
    t.strictSame(await asked(false, { answer }), { goesAhead: true, questions, said: [] }, answer)
  for (const answer of ['', 'y', 'no', 'yes please'])
    t.strictSame(
      await asked(false, { answer }),
      { goesAhead: false, questions, said: ['Nothing was changed.'] },
      answer,
    )
  t.strictSame(
    await asked(false),
    { goesAhead: false, questions, said: ['\nNothing was changed.'] },
    'no answer has not ended the line of the question',
  )
})

t.test('without a terminal to read from, or one to ask on, it is an error that names --yes', async (t) => {
  for (const seat of [{ stdin: false }, { stderr: false }, { stdin: false, stderr: false }])
    await t.rejects(asked(false, { answer: 'yes', ...seat }), {
      message: 'nothing was changed: no terminal to confirm on; pass --yes to apply without confirmation',
      exitCode: exitCode.failure,
    })
})
