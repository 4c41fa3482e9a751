import { attempt } from '../../access/attempt.ts'
import { defineCommand } from '../../cli/command.ts'
import { describeDestination } from '../../domain/destination/destination.ts'
import { plural } from '../../domain/plural.ts'
import { scopeTitle } from '../../domain/scope.ts'
import { exitCode } from '../../errors.ts'
import { locationTitle } from '../../ports/object-reader.ts'
import type { Log } from '../../ports/runtime.ts'
import { challengeLocations } from '../../provision/ownership/challenge-location.ts'
import { requestChallenge } from '../../provision/ownership/challenge-request.ts'
import type { OwnershipNeed } from '../../provision/ownership/ownership-needs.ts'
import { stepLines, stepsJson, type WrittenChallenge } from '../../provision/ownership/ownership-steps.ts'
import { switchSetting } from '../../settings/setting.ts'
import { mayGoAhead } from './consent.ts'
import { type Memory, openMemory } from './memory.ts'
import { yesOption } from './options.ts'
import { needsOf, nothingToProve, ownershipOptions } from './ownership-work.ts'
import { complainOf } from './problems.ts'
import { openSession } from './session.ts'

export const command = defineCommand({
  usage: ['-f PATH [flags]'],
  options: {
    ...ownershipOptions,
    ...yesOption,
    again: switchSetting({
      flag: 'again',
      only: 'flag',
      help: 'Request a new file even if one was requested before or a token is known.',
    }),
  },
  notes: [
    'For destinations that apply cannot read by itself. Jobs that share scope and destination need one challenge. ' +
      'A challenge that was requested before is not requested again.',
  ],
  async run(values, io) {
    const session = await openSession(values, io)
    const memory = openMemory(values, io, session)
    const needs = await needsOf(values, session, io)
    if (!needs.ok) return complainOf(needs.problems, io)
    if (needs.value.length === 0 && values.output === 'text') io.stdout(nothingToProve)
    const known = values.again ? [] : await knownChallenges(needs.value, memory)
    const open = needs.value.filter((need) => !known.some((one) => one.need === need))
    const question = `Make Cloudflare write ${plural(open.length, 'challenge file')}?`
    if (open.length > 0 && !(await mayGoAhead(question, values.yes, io))) return exitCode.failure
    const written: WrittenChallenge[] = [...known]
    const { rest: ownership, clock, call } = session
    const deps = { ownership, cache: memory.challenges, clock, call }
    const failed: string[] = []
    for (const need of open) {
      const asked = await attempt(() => requestChallenge(deps, need, { signal: io.signal }))
      if (asked.ok) {
        auditRequest(session.log, need, asked.value.filename)
        written.push({ need, filename: asked.value.filename })
        continue
      }
      const { redacted } = describeDestination(need.destinationConf)
      failed.push(`no challenge for ${redacted} in ${scopeTitle(need.scope)}: ${asked.failure.message}`)
      // No other request will fare better.
      if (asked.failure.kind === 'auth') break
    }
    const manifestFlags = values.file.map((path) => `-f ${path}`).join(' ')
    if (values.output === 'json') io.stdout(stepsJson(written))
    else for (const line of stepLines(written, { manifestFlags, lasting: memory.lasting })) io.stdout(line)
    for (const line of failed) io.stderr(line)
    return failed.length === 0 ? exitCode.done : exitCode.failure
  },
})

async function knownChallenges(
  needs: readonly OwnershipNeed[],
  memory: Memory,
): Promise<readonly WrittenChallenge[]> {
  const known = await Promise.all(
    needs.map(async (need) => {
      const record = await memory.challenges.load(need.scope, need.destinationConf)
      if (record === null) return []
      return [{ need, filename: record.state === 'requested' ? record.filename : null }]
    }),
  )
  return known.flat()
}

function auditRequest(log: Log, { scope, destinationConf }: OwnershipNeed, filename: string): void {
  const [place] = challengeLocations(destinationConf, filename)
  const location = place === undefined ? describeDestination(destinationConf).redacted : locationTitle(place)
  const fields = { audit: true, action: 'request challenge', location, scope: scopeTitle(scope) }
  log.info({ ...fields, scope_id: scope.id, result: 'done' }, 'provision write')
}
