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
  const answer = io.terminal.stdin ? await io.ask(`${question} Type "yes" to go ahead: `) : null
  if (answer === null) {
    throw new UserError(
      'nothing was written: there is no terminal to ask on; --yes goes ahead without asking',
      exitCode.failure,
    )
  }
  if (answer.toLowerCase() === 'yes') return true
  io.stderr('Nothing was written.')
  return false
}
