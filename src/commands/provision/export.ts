import { defineCommand } from '../../cli/command.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import { type ExitCode, exitCode, UserError } from '../../errors.ts'
import { planManifest } from '../../provision/plan/planning.ts'
import { exportManifest } from '../../provision/transfer/export-manifest.ts'
import { exportTerraform } from '../../provision/transfer/export-terraform.ts'
import { portableOf } from '../../provision/transfer/portable-planned.ts'
import { setting } from '../../settings/setting.ts'
import { oneOf } from '../../settings/setting-kinds.ts'
import { readYaml } from '../../settings/yaml-text.ts'
import { parseManifest, readManifestTexts } from '../manifest-files.ts'
import { manifestOptions, resolvingOptions } from './options.ts'
import { complainOf, complainOfPlan } from './problems.ts'
import { openSession, type Session } from './session.ts'
import { handOver, manifestTitle, readLive, requireContent, transferOptions } from './transfer.ts'

export const command = defineCommand({
  usage: ['[--owner NAME] [flags]', '--to terraform [-f PATH] [flags]'],
  options: {
    to: setting({
      flag: 'to',
      kind: oneOf('manifest', 'terraform'),
      default: 'manifest',
      only: 'flag',
      help: 'Output: a manifest, or Terraform for version 5 of the provider.',
    }),
    ...manifestOptions,
    ...transferOptions,
    ...resolvingOptions,
  },
  notes: [
    'Exports one account: name it with --cloudflare.accounts if the token sees several. --cloudflare.zones and ' +
      '--cloudflare.exclude-zones limit the zones. With -f, the manifest is converted to Terraform instead, with ' +
      'import blocks for the objects that exist.',
    'Secrets are replaced by variables, and the variables to set are listed. Nothing is changed at Cloudflare.',
  ],
  async run(values, io) {
    const { to, file, owner, out } = values
    if (to === 'manifest' && file.length > 0) {
      throw new UserError(
        '--file: only with --to terraform; the live configuration is exported as a manifest',
      )
    }
    const session = await openSession(values, io)
    if (file.length > 0) return manifestToTerraform(file, session, out, io)
    const portable = await readLive(session, values)
    requireContent(portable, 'the account')
    const result =
      to === 'terraform'
        ? exportTerraform(portable)
        : exportManifest(portable, {
            owner,
            title: manifestTitle('the live objects', portable),
            parseYaml: readYaml,
          })
    handOver(result, out, io)
    return exitCode.done
  },
})

async function manifestToTerraform(
  file: readonly string[],
  session: Session,
  out: string | null,
  io: CommandIo,
): Promise<ExitCode> {
  const read = parseManifest(readManifestTexts(file, io))
  if (!read.ok) return complainOf(read.problems, io)
  const planned = await planManifest(read.value, session.planning, {})
  if (!planned.ok) return complainOf(planned.problems, io)
  const refused = complainOfPlan(planned.value.problems, io)
  if (refused !== null) return refused
  handOver(exportTerraform(portableOf(planned.value)), out, io)
  return exitCode.done
}
