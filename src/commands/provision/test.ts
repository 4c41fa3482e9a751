import { attempt } from '../../access/attempt.ts'
import { defineCommand } from '../../cli/command.ts'
import { outputOption } from '../../cli/options.ts'
import { columns } from '../../domain/columns.ts'
import { describeDestination, parseDestination } from '../../domain/destination/destination.ts'
import { needsChallenge } from '../../domain/destination/limits.ts'
import { plural } from '../../domain/plural.ts'
import { scopeTitle } from '../../domain/scope.ts'
import { exitCode } from '../../errors.ts'
import { requestChallenge } from '../../provision/ownership/challenge-request.ts'
import { withoutTokens } from '../../provision/ownership/ownership-needs.ts'
import { askDestinations, type DestinationAnswer } from '../../provision/plan/ask-destinations.ts'
import { selects } from '../../provision/plan/plan-options.ts'
import { planManifest } from '../../provision/plan/planning.ts'
import { switchSetting } from '../../settings/setting.ts'
import { parseManifest, readManifestTexts } from '../manifest-files.ts'
import { mayGoAhead } from './consent.ts'
import { memoryOption, openMemory } from './memory.ts'
import { manifestOptions, resolvingOptions, yesOption } from './options.ts'
import { complainOf, warnOf } from './problems.ts'
import { openSession } from './session.ts'

const maxNames = 1_000

export const command = defineCommand({
  usage: ['[NAME...] -f PATH [flags]'],
  options: {
    ...manifestOptions,
    output: outputOption('text', 'json'),
    challenge: switchSetting({
      flag: 'challenge',
      only: 'flag',
      help: 'Also have Cloudflare write an ownership challenge where it requires one.',
    }),
    ...yesOption,
    ...memoryOption,
    ...resolvingOptions,
  },
  operands: { what: 'names or globs of jobs', max: maxNames },
  notes: [
    'Has Cloudflare test the destinations of the jobs in the manifest, all of them unless some are named. Jobs that ' +
      'share scope and destination are tested once. Cloudflare writes a small test file; no job is changed.',
    'Exits with 0 if Cloudflare can write to all of them, with 1 if not.',
  ],
  async run(values, io, { operands: names }) {
    const read = parseManifest(readManifestTexts(values.file, io))
    if (!read.ok) return complainOf(read.problems, io)
    warnOf(read.warnings, io)
    const session = await openSession(values, io)
    const order = { targets: names, offline: true }
    const planned = await planManifest(withoutTokens(read.value), session.planning, order)
    if (!planned.ok) return complainOf(planned.problems, io)
    const jobs = planned.value.desired.resources.flatMap((one) =>
      one.kind === 'job' && (names.length === 0 || selects(names, one.resource.name)) ? [one] : [],
    )
    let answers = await askDestinations(jobs, session.planning)
    const open = answers.filter(({ state, jobs: [{ resource }] }) => {
      return state === 'accepted' && needsChallenge(parseDestination(resource.destinationConf.reveal()))
    })
    if (values.challenge && open.length > 0) {
      const question = `Make Cloudflare write ${plural(open.length, 'challenge file')}?`
      if (!(await mayGoAhead(question, values.yes, io))) return exitCode.failure
      const { rest: ownership, clock, call } = session
      const deps = { ownership, cache: openMemory(values, io, session).challenges, clock, call }
      const challenged = new Map<DestinationAnswer, DestinationAnswer>()
      for (const answer of open) {
        const [{ resource }] = answer.jobs
        const asked = await attempt(() => requestChallenge(deps, resource, { signal: io.signal }))
        if (asked.ok) continue
        const state = asked.failure.kind === 'invalid_request' ? 'refused' : 'unknown'
        challenged.set(answer, { ...answer, state, reason: asked.failure.message })
      }
      answers = answers.map((answer) => challenged.get(answer) ?? answer)
    }
    const results = answers.map(resultOf)
    if (values.output === 'json') io.stdout(JSON.stringify(results, null, 2))
    else for (const line of columns(results.map(row))) io.stdout(line)
    return answers.every(({ state }) => state === 'accepted') ? exitCode.done : exitCode.failure
  },
})

interface Result {
  readonly state: 'writable' | 'refused' | 'unknown'
  readonly jobs: readonly string[]
  readonly scope: string
  readonly destination: string
  readonly reason: string | null
}

function resultOf({ jobs, state, reason }: DestinationAnswer): Result {
  const [{ resource }] = jobs
  return {
    state: state === 'accepted' ? 'writable' : state,
    jobs: jobs.map((job) => job.resource.name),
    scope: scopeTitle(resource.scope),
    destination: describeDestination(resource.destinationConf).redacted,
    reason: reason === '' ? null : reason,
  }
}

function row({ state, jobs, scope, destination, reason }: Result): readonly string[] {
  return [state, jobs.join(', '), scope, reason === null ? destination : `${destination}: ${reason}`]
}
