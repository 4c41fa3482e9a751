import { defineCommand } from '../../cli/command.ts'
import { outputOption } from '../../cli/options.ts'
import { exitCode, UserError } from '../../errors.ts'
import { changeAddress } from '../../provision/plan/change.ts'
import { planManifest } from '../../provision/plan/planning.ts'
import { parseManifest, readManifestTexts } from '../manifest-files.ts'
import { agreeAndApply } from './agreed-apply.ts'
import { waitOption } from './carry-out.ts'
import { memoryOption, openMemory } from './memory.ts'
import { forceOption, manifestOptions, resolvingOptions, yesOption } from './options.ts'
import { complainOf, warnOf } from './problems.ts'
import { openProgress } from './progress.ts'
import { openSession } from './session.ts'

const maxNames = 1_000

export const rotate = defineCommand({
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
    const read = parseManifest(readManifestTexts(values.file, io))
    if (!read.ok) return complainOf(read.problems, io)
    warnOf(read.warnings, io)
    const progress = openProgress(values.output, io)
    const session = await openSession(progress.logSettings(values), {
      ...io,
      stderrStream: progress.logStream,
    })
    const memory = openMemory(values, io, session)
    const planned = await planManifest(read.value, session.planning, {
      targets: names,
      rotate: names,
      offline: false,
      webhookRecords: await memory.webhooks.load(),
    })
    if (!planned.ok) return complainOf(planned.problems, io)
    const other = planned.value.plan.changes.find(({ change }) => change !== 'update' && change !== 'adopt')
    if (other !== undefined) {
      const { kind, name } = changeAddress(other)
      throw new UserError(
        `rotate sends secrets of live objects only, and an apply would ${other.change} ${kind} ${name}; run apply first, or leave it out`,
        exitCode.failure,
      )
    }
    const { output, wait, force, yes } = values
    const question = 'Send these secrets again?'
    return agreeAndApply(
      { planned: planned.value, force, yes, question, session, memory, progress, output, wait },
      io,
    )
  },
})
