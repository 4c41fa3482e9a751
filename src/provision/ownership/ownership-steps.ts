import { describeDestination } from '../../domain/destination/destination.ts'
import { scopeTitle } from '../../domain/scope.ts'
import { locationTitle } from '../../ports/object-reader.ts'
import { challengeLocations, readCommand } from './challenge-location.ts'
import type { OwnershipNeed } from './ownership-needs.ts'

/** A destination whose challenge has been written, or whose token is known already. */
export interface WrittenChallenge {
  readonly need: OwnershipNeed
  /** Null when the token is known and nothing is left to do but apply. */
  readonly filename: string | null
}

export interface StepOptions {
  /** The command line's manifest flags, such as `-f manifest.yaml`. */
  readonly manifestFlags: string
  /** Whether a confirmed token is remembered for apply. */
  readonly lasting: boolean
}

/** What to do next by hand, for each destination; challenges are numbered so that their tokens do not mix. */
export function stepLines(
  written: readonly WrittenChallenge[],
  { manifestFlags, lasting }: StepOptions,
): readonly string[] {
  const open = written.filter(({ filename }) => filename !== null)
  const lines = written.flatMap(({ need, filename }) => {
    const head = `${describeDestination(need.destinationConf).redacted} in ${scopeTitle(need.scope)}, for ${need.jobs.join(', ')}`
    if (filename === null) return [head, '  The token is known; apply will use it.', '']
    return [head, ...readLines(need, filename, tokenFile(written, need)), '']
  })
  if (open.length === 0) return lines
  const files = open.map(({ need }) => `--token-file ${tokenFile(written, need)}`).join(' ')
  const confirm = `logpush-exporter provision ownership confirm ${manifestFlags} ${files}`
  const inManifest = 'write into the job: ownership: { token: "$' + '{file:PATH}" }'
  return [
    ...lines,
    ...(lasting
      ? ['Then confirm it and apply:', `  ${confirm}`, `Or ${inManifest}`]
      : [`Then, since --cache-folder is off, ${inManifest}`]),
    'A token is valid for 7 days, and only for this exact destination string in this account or zone.',
  ]
}

export function stepsJson(written: readonly WrittenChallenge[]): string {
  return JSON.stringify(
    written.map(({ need, filename }) => {
      const [place] = filename === null ? [] : challengeLocations(need.destinationConf, filename)
      return {
        destination: describeDestination(need.destinationConf).redacted,
        scope: { kind: need.scope.kind, id: need.scope.id, name: need.scope.name },
        jobs: need.jobs,
        state: filename === null ? 'known' : 'requested',
        // Elsewhere than in an object store the name may repeat a part of the destination that is secret.
        filename: place === undefined ? null : filename,
        location: place === undefined ? null : locationTitle(place),
      }
    }),
    null,
    2,
  )
}

function readLines(need: OwnershipNeed, filename: string, target: string): readonly string[] {
  const [place] = challengeLocations(need.destinationConf, filename)
  if (place === undefined) {
    return [
      // Its name is not shown: it may repeat a part of the destination that is secret.
      '  Cloudflare wrote the challenge as a log line.',
      `  Find it at the destination (in Sumo Logic: Live Tail of the source) and put the token into ${target}.`,
    ]
  }
  return [
    `  Cloudflare wrote the challenge to ${locationTitle(place)}`,
    '  Read it with your own credentials, for example:',
    `    ${readCommand(place, target)}`,
  ]
}

function tokenFile(written: readonly WrittenChallenge[], need: OwnershipNeed): string {
  const open = written.filter(({ filename }) => filename !== null)
  const number = open.findIndex((one) => one.need === need) + 1
  return open.length === 1 ? 'challenge.txt' : `challenge-${number}.txt`
}
