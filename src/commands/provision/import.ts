import { defineCommand } from '../../cli/command.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import type { Account } from '../../domain/scope.ts'
import { exitCode, UserError } from '../../errors.ts'
import type { ManifestText } from '../../provision/manifest/manifest.ts'
import { type JsonValue, parseJson } from '../../provision/resource/json-value.ts'
import { type Checked, checked } from '../../provision/resource/problem.ts'
import { exportManifest } from '../../provision/transfer/export-manifest.ts'
import { importAppInterface } from '../../provision/transfer/import-app-interface.ts'
import { importTerraform, isTerraform, terraformAccounts } from '../../provision/transfer/import-terraform.ts'
import type { Portable } from '../../provision/transfer/portable.ts'
import { setting } from '../../settings/setting.ts'
import { orNone, someText } from '../../settings/setting-kinds.ts'
import { readYaml } from '../../settings/yaml-text.ts'
import { readManifestTexts } from '../manifest-files.ts'
import { sessionOptions } from './options.ts'
import { complainOf } from './problems.ts'
import { openSession } from './session.ts'
import {
  handOver,
  manifestTitle,
  namedAccount,
  readLive,
  requireContent,
  transferOptions,
} from './transfer.ts'

const maxFiles = 1_000

export const importVerb = defineCommand({
  usage: ['[flags]', 'PATH... [flags]'],
  options: {
    account: setting({
      flag: 'account',
      kind: orNone(someText('an account id or name', 'ACCOUNT')),
      only: 'flag',
      help: 'Account to write into the manifest if the files do not name it.',
    }),
    ...transferOptions,
    ...sessionOptions,
  },
  operands: { what: 'files', max: maxFiles },
  notes: [
    'Without files, the live account is read. Files are a Terraform state, the output of terraform show -json, or ' +
      'app-interface YAML with resources of the providers logpush_job and logpush_ownership_challenge (or a folder ' +
      'of such files); the format is detected. Reading files needs no API token.',
    'Secrets are replaced by variables, and the variables to set are listed. Once they are set to the values in ' +
      'use, a plan of the manifest shows no changes.',
  ],
  async run(values, io, { operands }) {
    const { owner, out } = values
    if (operands.length === 0) {
      const portable = await readLive(await openSession(values, io), values)
      requireContent(portable, 'the account')
      const title = manifestTitle('the live objects', portable)
      handOver(exportManifest(portable, { owner, title, parseYaml: readYaml }), out, io)
      return exitCode.done
    }
    const source = readFiles(operands, namedAccount(values.account), io)
    if (!source.read.ok) return complainOf(source.read.problems, io)
    const portable = source.read.value
    requireContent(portable, operands.join(', '))
    const title = manifestTitle(source.from, portable)
    handOver(exportManifest(portable, { owner, title, parseYaml: readYaml }), out, io)
    return exitCode.done
  },
})

function readFiles(
  paths: readonly string[],
  account: Account | null,
  io: Pick<CommandIo, 'readFile'>,
): { readonly from: string; readonly read: Checked<Portable> } {
  const texts = readManifestTexts(paths, io)
  const [json, ...others] = texts.flatMap((text) => asTerraform(text))
  if (json === undefined) {
    return { from: 'app-interface files', read: importAppInterface(texts, account, readYaml) }
  }
  if (others.length > 0 || texts.length > 1) {
    throw new UserError('import: expected one Terraform file, or app-interface files only')
  }
  const accounts = terraformAccounts(json)
  if (accounts.length > 1 && (account === null || account.id === '')) {
    throw new UserError(
      `import: the file has resources of several accounts (${accounts.join(', ')}), but a manifest covers one; select it with --account ID`,
    )
  }
  return { from: 'Terraform', read: checked(importTerraform(json, account), []) }
}

function asTerraform({ file, text }: ManifestText): readonly JsonValue[] {
  if (file.endsWith('.tf')) {
    throw new UserError(
      `import: ${file} is Terraform configuration, which has values only when it is applied. ` +
        'Run terraform show -json > show.json beside it, and import show.json',
      exitCode.manifest,
    )
  }
  if (!text.trimStart().startsWith('{')) return []
  const json = parseJson(text)
  if (json === undefined) throw new UserError(`import: ${file} is not valid JSON`, exitCode.manifest)
  if (!isTerraform(json)) {
    throw new UserError(
      `import: ${file} is JSON, but neither a Terraform state nor the output of terraform show -json`,
      exitCode.manifest,
    )
  }
  return [json]
}
