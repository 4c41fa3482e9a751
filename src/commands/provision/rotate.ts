import { defineCommand } from '../../cli/command.ts'
import { outputOption } from '../../cli/options.ts'
import { exitCode, UserError } from '../../errors.ts'
import { changeAddress } from '../../provision/plan/change.ts'
import type { Planned } from '../../provision/plan/planning.ts'
import { readManifestTexts } from '../manifest-files.ts'
import { planAndApply } from './agreed-apply.ts'
import { waitOption } from './carry-out.ts'
import { memoryOption } from './memory.ts'
import { forceOption, manifestOptions, resolvingOptions, yesOption } from './options.ts'

const maxNames = 1_000

export const command = defineCommand({
  usage: ['NAME... -f PATH [flags]'],
  options: {
    ...manifestOptions,
    output: outputOption('text', 'json'),
    ...yesOption,
    ...forceOption,
    ...waitOption,
    ...memoryOption,
    ...resolvingOptions,
  },
  operands: { what: 'names or globs of jobs and webhooks', max: maxNames },
  notes: [
    'Sends the secrets of live jobs and webhooks again, as the manifest has them now, also where they do not seem to ' +
      "have changed or cannot be compared. Quote globs: 'sre-*'. Other differences of these objects are applied " +
      'too: the plan shows them. Cloudflare tests each destination with what it is sent.',
    'Events of --output json and exit codes are those of apply.',
  ],
  async run(values, io, { operands: names }) {
    if (names.length === 0) throw new UserError("rotate: name a job or webhook, or a glob such as 'sre-*'")
    return planAndApply(
      {
        texts: readManifestTexts(values.file, io),
        targets: names,
        rotate: names,
        offline: false,
        question: 'Send these secrets again?',
        check: requireLive,
      },
      values,
      io,
    )
  },
})

function requireLive({ plan }: Planned): void {
  const other = plan.changes.find(({ change }) => change !== 'update' && change !== 'adopt')
  if (other === undefined) return
  const { kind, name } = changeAddress(other)
  throw new UserError(
    `rotate sends secrets of live objects only, and an apply would ${other.change} ${kind} ${name}; run apply first, or leave it out`,
    exitCode.failure,
  )
}
