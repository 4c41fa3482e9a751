import type { CommandIo } from '../command-io.ts'
import { describeDestination } from '../domain/destination.ts'
import { Secret } from '../domain/secret.ts'
import { exitCode, UserError } from '../errors.ts'
import { confirmChallenge, requestChallenge } from '../provision/challenge-request.ts'
import { tokenIn } from '../provision/challenge-token.ts'
import { type OwnershipNeed, ownershipNeeds, withoutTokens } from '../provision/ownership-needs.ts'
import { stepLines, stepsJson, type WrittenChallenge } from '../provision/ownership-steps.ts'
import { planManifest } from '../provision/planning.ts'
import { type Checked, checked } from '../provision/problem.ts'
import { listSetting, switchSetting } from '../setting.ts'
import { someText } from '../setting-kinds.ts'
import { parseManifest, readManifestTexts } from './manifest-files.ts'
import { mayGoAhead } from './provision-consent.ts'
import { type Memory, memoryOption, openMemory } from './provision-memory.ts'
import {
  manifestOptions,
  planOptions,
  sessionOptions,
  textOrJsonOption,
  yesOption,
} from './provision-options.ts'
import { complainOf } from './provision-problems.ts'
import { openSession, type Session } from './provision-session.ts'
import { defineVerb } from './provision-verb.ts'
import { verbGroup } from './provision-verb-group.ts'

const { target } = planOptions
const sharedOptions = { ...manifestOptions, ...textOrJsonOption, target, ...memoryOption, ...sessionOptions }

const request = defineVerb({
  name: 'ownership request',
  summary: 'Makes Cloudflare write the challenge files that the manifest needs, and says what to do next.',
  usage: ['ownership request -f PATH [flags]'],
  table: {
    ...sharedOptions,
    ...yesOption,
    again: switchSetting({
      flag: 'again',
      only: 'flag',
      help: 'Ask for a new file even where one was asked for before or a token is known.',
    }),
  },
  operands: null,
  notes: [
    'For destinations that apply can not read by itself. Jobs that share scope and destination need one challenge. ' +
      'A destination that was asked for before is not asked again.',
  ],
  async run(values, _operands, io) {
    const session = await openSession(values, io)
    const memory = openMemory(values, io, session)
    const needs = await needsOf(values, session, io)
    if (!needs.ok) return complainOf(needs.problems, io)
    if (needs.value.length === 0 && values.output === 'text') io.stdout(nothingToProve)
    const known = values.again ? [] : await knownChallenges(needs.value, memory)
    const open = needs.value.filter((need) => !known.some((one) => one.need === need))
    const question = `Make Cloudflare write ${open.length} challenge ${open.length === 1 ? 'file' : 'files'}?`
    if (open.length > 0 && !(await mayGoAhead(question, values.yes, io))) return exitCode.failure
    const written: WrittenChallenge[] = [...known]
    for (const need of open) {
      const deps = { ownership: session.rest, cache: memory.challenges, clock: session.clock }
      const { filename } = await requestChallenge(deps, need, { signal: io.signal })
      const { kind, id } = need.scope
      const fields = {
        audit: true,
        action: 'request challenge',
        filename,
        scope: `${kind} ${id}`,
        result: 'done',
      }
      session.log.info(fields, 'provision write')
      written.push({ need, filename })
    }
    const manifestFlags = values.file.map((path) => `-f ${path}`).join(' ')
    if (values.output === 'json') io.stdout(stepsJson(written))
    else for (const line of stepLines(written, { manifestFlags, lasting: memory.lasting })) io.stdout(line)
    return exitCode.done
  },
})

const confirm = defineVerb({
  name: 'ownership confirm',
  summary: 'Checks tokens that were read by hand with Cloudflare, and keeps them for apply.',
  usage: ['ownership confirm -f PATH --token-file PATH [flags]'],
  table: {
    ...sharedOptions,
    tokenFile: listSetting({
      flag: 'token-file',
      kind: someText('a path', 'PATH'),
      only: 'flag',
      help: 'Challenge file, as Cloudflare wrote it. Which destination it belongs to is found out.',
    }),
  },
  operands: null,
  notes: [
    'The tokens are kept in the folder of --cache-folder, readable by you alone, until they expire after 7 days.',
  ],
  async run(values, _operands, io) {
    if (values.tokenFile.length === 0)
      throw new UserError('--token-file: missing; name the challenge file that you read')
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
        io.stdout(`${path}: proves ${redacted} in ${need.scopeTitle} until ${expires}.`)
    }
    if (values.output === 'json') io.stdout(JSON.stringify(results, null, 2))
    if (!memory.lasting)
      io.stderr('Nothing is remembered: --cache-folder is off. Name the token in the manifest.')
    return exitCode.done
  },
})

export const ownership = verbGroup('ownership', {
  request: { summary: 'Make Cloudflare write challenge files, to be read by hand.', verb: request },
  confirm: { summary: 'Hand in the tokens that were read.', verb: confirm },
})

const nothingToProve = 'Nothing to prove: no change of this manifest needs a challenge.'

interface ManifestValues {
  readonly file: readonly string[]
  readonly target: readonly string[]
}

async function needsOf(
  { file, target: targets }: ManifestValues,
  session: Session,
  io: CommandIo,
): Promise<Checked<readonly OwnershipNeed[]>> {
  const read = parseManifest(readManifestTexts(file, io))
  if (!read.ok) return read
  const planned = await planManifest(withoutTokens(read.value), session.planning, {
    targets,
    rotate: [],
    offline: true,
    webhookRecords: new Map(),
  })
  return planned.ok ? checked(ownershipNeeds(planned.value.plan), []) : planned
}

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

function readToken(path: string, io: Pick<CommandIo, 'readFile'>): Secret {
  const read = io.readFile(path)
  if (!read.ok) throw new UserError(`--token-file: can't read ${path}: ${read.reason}`, exitCode.failure)
  const token = tokenIn(new Secret(read.text))
  if (token === null) throw new UserError(`--token-file: ${path} holds no token`, exitCode.failure)
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
  const deps = { ownership: session.rest, cache: memory.challenges, clock: session.clock }
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
  const none = `Cloudflare accepts it for none of the ${needs.length} destinations that have to be proved; make new ones with "provision ownership request --again"`
  throw new UserError(`${path}: ${needs.length === 1 ? reason : none}`, exitCode.failure)
}
