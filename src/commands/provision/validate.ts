import { defineCommand } from '../../cli/command.ts'
import { outputOption } from '../../cli/options.ts'
import { plural } from '../../domain/plural.ts'
import { exitCode } from '../../errors.ts'
import type { Manifest } from '../../provision/manifest/part.ts'
import { parseManifest, readManifestTexts } from '../manifest-files.ts'
import { manifestOptions } from './options.ts'
import { complainOf, problemsJson, warnOf } from './problems.ts'

export const command = defineCommand({
  usage: ['-f PATH [flags]'],
  options: { ...manifestOptions, output: outputOption('text', 'json') },
  notes: [
    'References are checked but not resolved. Exits with 0 if the manifest is valid, with or without warnings, ' +
      'and with 65 if it is not.',
  ],
  async run({ file, output }, io) {
    const read = parseManifest(readManifestTexts(file, io))
    if (output === 'json') {
      io.stdout(problemsJson(read.ok ? read.warnings : read.problems))
      return read.ok ? exitCode.done : exitCode.manifest
    }
    if (!read.ok) return complainOf(read.problems, io)
    warnOf(read.warnings, io)
    io.stdout(`The manifest is valid: ${contents(read.value)}.`)
    return exitCode.done
  },
})

function contents({ parts }: Manifest): string {
  const sum = (count: (part: Manifest['parts'][number]['value']) => number | undefined) =>
    parts.reduce((total, { value }) => total + (count(value) ?? 0), 0)
  const jobs = sum((part) => part.jobs?.length)
  const webhooks = sum(({ notifications }) => notifications?.webhooks?.length)
  const policies = sum(({ notifications }) => notifications?.policies?.length)
  return [plural(jobs, 'job'), plural(webhooks, 'webhook'), plural(policies, 'policy', 'policies')].join(', ')
}
