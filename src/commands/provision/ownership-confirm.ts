import { defineCommand } from '../../cli/command.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import { describeDestination } from '../../domain/destination/destination.ts'
import { scopeTitle } from '../../domain/scope.ts'
import { Secret } from '../../domain/secret.ts'
import { exitCode, UserError } from '../../errors.ts'
import { confirmChallenge } from '../../provision/ownership/challenge-request.ts'
import { tokenIn } from '../../provision/ownership/challenge-token.ts'
import type { OwnershipNeed } from '../../provision/ownership/ownership-needs.ts'
import { listSetting } from '../../settings/setting.ts'
import { someText } from '../../settings/setting-kinds.ts'
import { type Memory, openMemory } from './memory.ts'
import { needsOf, nothingToProve, ownershipOptions } from './ownership-work.ts'
import { complainOf } from './problems.ts'
import { openSession, type Session } from './session.ts'

export const command = defineCommand({
  usage: ['-f PATH --token-file PATH [flags]'],
  options: {
    ...ownershipOptions,
    tokenFile: listSetting({
      flag: 'token-file',
      kind: someText('a path', 'PATH'),
      only: 'flag',
      help: 'Challenge file, as Cloudflare wrote it. Its destination is detected.',
    }),
  },
  notes: ['Tokens are kept in --cache-folder, readable only by you, until they expire after 7 days.'],
  async run(values, io) {
    if (values.tokenFile.length === 0)
      throw new UserError('--token-file: missing; pass the challenge file that you downloaded')
    const tokens = values.tokenFile.map((path) => ({ path, token: readToken(path, io) }))
    const session = await openSession(values, io)
    const memory = openMemory(values, io, session)
    const needs = await needsOf(values, session, io)
    if (!needs.ok) return complainOf(needs.problems, io)
    if (needs.value.length === 0) throw new UserError(nothingToProve, exitCode.failure)
    const results = []
    for (const { path, token } of tokens) {
      const { need, expiresAt } = await matchToken(token, path, needs.value, session, memory, io)
      const { redacted } = describeDestination(need.destinationConf)
      const expires = new Date(expiresAt).toISOString()
      results.push({
        token_file: path,
        destination: redacted,
        scope: need.scope,
        jobs: need.jobs,
        expires_at: expires,
      })
      if (values.output === 'text')
        io.stdout(`${path}: verifies ${redacted} in ${scopeTitle(need.scope)} until ${expires}.`)
    }
    if (values.output === 'json') io.stdout(JSON.stringify(results, null, 2))
    if (!memory.lasting)
      io.stderr('The token was not saved: --cache-folder is off. Put the token into the manifest.')
    return exitCode.done
  },
})

function readToken(path: string, io: Pick<CommandIo, 'readFile'>): Secret {
  const read = io.readFile(path)
  if (!read.ok) throw new UserError(`--token-file: cannot read ${path}: ${read.reason}`, exitCode.failure)
  const token = tokenIn(new Secret(read.text))
  if (token === null) throw new UserError(`--token-file: ${path} contains no token`, exitCode.failure)
  return token
}

/** Cloudflare says which of the destinations a token belongs to. */
async function matchToken(
  token: Secret,
  path: string,
  needs: readonly OwnershipNeed[],
  session: Session,
  memory: Memory,
  io: CommandIo,
): Promise<{ readonly need: OwnershipNeed; readonly expiresAt: number }> {
  const deps = { ownership: session.rest, cache: memory.challenges, clock: session.clock, call: session.call }
  let reason = ''
  for (const need of needs) {
    try {
      const { expiresAt } = await confirmChallenge(deps, need, token, { signal: io.signal })
      return { need, expiresAt }
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      reason = error.message
    }
  }
  const none = `Cloudflare accepts it for none of the ${needs.length} destinations to verify; request new ones with "provision ownership request --again"`
  throw new UserError(`${path}: ${needs.length === 1 ? reason : none}`, exitCode.failure)
}
