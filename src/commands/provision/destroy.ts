import { defineCommand } from '../../cli/command.ts'
import { outputOption } from '../../cli/options.ts'
import { exitCode } from '../../errors.ts'
import { guardPlan } from '../../provision/plan/guard.ts'
import { planDestroy } from '../../provision/plan/planning.ts'
import { parseManifest, readManifestTexts } from '../manifest-files.ts'
import { carryOutPlan } from './carry-out.ts'
import { mayGoAhead } from './consent.ts'
import { openMemory } from './memory.ts'
import { manifestOptions, planOptions, resolvingOptions, yesOption } from './options.ts'
import { printPlan } from './plan.ts'
import { complainOf, warnOf } from './problems.ts'
import { openProgress } from './progress.ts'
import { openSession } from './session.ts'

const { target } = planOptions

export const command = defineCommand({
  usage: ['-f PATH [flags]'],
  options: {
    ...manifestOptions,
    output: outputOption('text', 'json'),
    ...yesOption,
    target,
    ...resolvingOptions,
  },
  notes: [
    'Deletes what the manifest declares and owns, what it lists under removed and, with prune, whatever else it ' +
      "owns, in the scopes that it names. Shows them and asks once. Needs none of the manifest's secrets. Policies are deleted first, then jobs, then " +
      'webhooks; an object that has changed since it was shown is kept. Events of --output json are those of apply.',
  ],
  async run(values, io) {
    const read = parseManifest(readManifestTexts(values.file, io))
    if (!read.ok) return complainOf(read.problems, io)
    warnOf(read.warnings, io)
    const { output } = values
    const progress = openProgress(output, io)
    const session = await openSession(progress.logSettings(values), {
      ...io,
      stderrStream: progress.logStream,
    })
    const planned = await planDestroy(read.value, session.planning, values.target)
    if (!planned.ok) return complainOf(planned.problems, io)
    const { plan, desired, actual, problems } = planned.value
    const objections = guardPlan(plan, {
      owners: desired.owners,
      live: actual.resources,
      force: [],
      purpose: 'destroy',
    })
    printPlan({ plan, objections, problems }, 'text', output === 'json' ? { ...io, stdout: io.stderr } : io)
    if (objections.length > 0) return exitCode.guardObjected
    const question = `Delete these ${plan.changes.length} objects?`
    if (plan.changes.length > 0 && !(await mayGoAhead(question, values.yes, io))) return exitCode.failure
    const memory = openMemory({ cacheFolder: 'off' }, io, session)
    return carryOutPlan({ plan, session, memory, progress, output, wait: 0 }, io)
  },
})
