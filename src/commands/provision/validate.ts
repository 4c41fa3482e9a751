import { exitCode } from '../../errors.ts'
import type { Manifest } from '../../provision/manifest/part.ts'
import { parseManifest, readManifestTexts } from '../manifest-files.ts'
import { helpOption, manifestOptions, textOrJsonOption } from './options.ts'
import { complainOf, problemsJson, warnOf } from './problems.ts'
import { defineVerb } from './verb.ts'

export const validate = defineVerb({
  name: 'validate',
  summary: 'Checks a manifest and shows everything that is wrong with it at once.',
  usage: ['validate -f PATH [flags]'],
  table: { ...manifestOptions, ...textOrJsonOption, ...helpOption },
  operands: null,
  notes: [
    'Asks nobody and needs no secret: references are checked but not looked up. ' +
      'Exits with 0 when the manifest is fine, with or without warnings, and with 65 when it is not.',
  ],
  async run({ file, output }, _operands, io) {
    const read = parseManifest(readManifestTexts(file, io))
    if (output === 'json') {
      io.stdout(problemsJson(read.ok ? read.warnings : read.problems))
      return read.ok ? exitCode.done : exitCode.manifest
    }
    if (!read.ok) return complainOf(read.problems, io)
    warnOf(read.warnings, io)
    io.stdout(`The manifest is fine: ${contents(read.value)}.`)
    return exitCode.done
  },
})

function contents({ parts }: Manifest): string {
  const sum = (count: (part: Manifest['parts'][number]['value']) => number | undefined) =>
    parts.reduce((total, { value }) => total + (count(value) ?? 0), 0)
  const counted = (amount: number, one: string, many: string) => `${amount} ${amount === 1 ? one : many}`
  return [
    counted(
      sum(({ jobs }) => jobs?.length),
      'job',
      'jobs',
    ),
    counted(
      sum(({ notifications }) => notifications?.webhooks?.length),
      'webhook',
      'webhooks',
    ),
    counted(
      sum(({ notifications }) => notifications?.policies?.length),
      'policy',
      'policies',
    ),
  ].join(', ')
}
