import type { CommandIo } from '../../cli/command-io.ts'
import { exitCode, UserError } from '../../errors.ts'

/**
 * Asks before something is written, unless `--yes` was given. False when the answer was not yes.
 * @throws UserError where there is nobody to ask.
 */
export async function mayGoAhead(
  question: string,
  yes: boolean,
  io: Pick<CommandIo, 'ask' | 'terminal' | 'stderr'>,
): Promise<boolean> {
  if (yes) return true
  // Nobody can be asked where the question would not be seen or no answer could come.
  if (!io.terminal.stdin || !io.terminal.stderr) {
    throw new UserError(
      'nothing was changed: no terminal to confirm on; pass --yes to apply without confirmation',
      exitCode.failure,
    )
  }
  const answer = await io.ask(`${question} Type "yes" to continue: `)
  if (answer?.toLowerCase() === 'yes') return true
  // What was typed instead of an answer, Ctrl-D say, has not ended the line of the question.
  io.stderr(answer === null ? '\nNothing was changed.' : 'Nothing was changed.')
  return false
}
