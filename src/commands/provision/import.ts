import { defineCommand } from '../../cli/command.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import type { Account } from '../../domain/scope.ts'
import { exitCode, UserError } from '../../errors.ts'
import type { ManifestText } from '../../provision/manifest/manifest.ts'
import { type JsonValue, parseJson } from '../../provision/resource/json-value.ts'
import { type Checked, checked } from '../../provision/resource/problem.ts'
import { accountVariableOf, exportManifest } from '../../provision/transfer/export-manifest.ts'
import { importAppInterface, type Provisioned } from '../../provision/transfer/import-app-interface.ts'
import { importTerraform, terraformAccounts } from '../../provision/transfer/import-terraform.ts'
import type { Portable } from '../../provision/transfer/portable.ts'
import { isTerraform } from '../../provision/transfer/terraform-resources.ts'
import { setting } from '../../settings/setting.ts'
import { orNone, someText } from '../../settings/setting-kinds.ts'
import { readYaml } from '../../settings/yaml-text.ts'
import { readManifestTexts } from '../manifest-files.ts'
import { sessionOptions } from './options.ts'
import { complainOf } from './problems.ts'
import { openSession, type SessionSettings } from './session.ts'
import {
  handOverAll,
  manifestTitle,
  namedAccount,
  readLive,
  requireContent,
  transferOptions,
} from './transfer.ts'

const maxFiles = 1_000

export const command = defineCommand({
  usage: ['[flags]', 'PATH... [flags]'],
  options: {
    account: setting({
      flag: 'account',
      kind: orNone(someText('an account id or name', 'ACCOUNT')),
      only: 'flag',
      help: 'Account to write into the manifest if the files do not name it; of several app-interface provisioners, the one to import.',
    }),
    ...transferOptions,
    ...sessionOptions,
  },
  operands: { what: 'files', max: maxFiles },
  notes: [
    'Without files, the live account is read. Files are a Terraform state, the output of terraform show -json, or ' +
      'app-interface YAML with resources of the providers logpush_job and logpush_ownership_challenge (or a folder ' +
      'of such files); the format is detected. Reading files needs no API token. Files of several app-interface ' +
      'provisioners become a manifest each, in the folder of --out.',
    'Secrets are replaced by variables, and the variables to set are listed. Once they are set to the values in ' +
      'use, a plan of the manifest shows no changes.',
  ],
  async run(values, io, { operands }) {
    const files = await filesOf(operands, values, io)
    if (!files.ok) return complainOf(files.problems, io)
    const { owner, out } = values
    const exported = files.value.map(({ name, from, portable }) => {
      const accountVariable = name === null ? {} : { accountVariable: accountVariableOf(name) }
      const title = manifestTitle(from, portable)
      return {
        name,
        exported: exportManifest(portable, { owner, title, parseYaml: readYaml, ...accountVariable }),
      }
    })
    handOverAll(exported, out, io)
    return exitCode.done
  },
})

/** What becomes a manifest: all of it of one account, with the name that the source has for that. */
interface Source {
  readonly name: string | null
  /** Where it is from, in words. */
  readonly from: string
  readonly portable: Portable
}

async function filesOf(
  paths: readonly string[],
  settings: SessionSettings & { readonly account: string | null },
  io: CommandIo,
): Promise<Checked<readonly Source[]>> {
  if (paths.length === 0) {
    const portable = await readLive(await openSession(settings, io), settings)
    requireContent(portable, 'the account')
    return checked([{ name: null, from: 'the live objects', portable }], [])
  }
  const texts = readManifestTexts(paths, io)
  const terraform = terraformOf(texts)
  if (terraform !== null) {
    const portable = readTerraform(terraform, namedAccount(settings.account))
    requireContent(portable, paths.join(', '))
    return checked([{ name: null, from: 'Terraform', portable }], [])
  }
  const read = readAppInterface(texts, settings.account)
  if (!read.ok) return read
  const some = read.value.filter(({ portable }) => portable.jobs.length > 0)
  for (const { portable } of some.length > 0 ? some : read.value) requireContent(portable, paths.join(', '))
  const sources = some.map(({ provisioner: name, portable }) => ({
    name,
    from: name === null ? 'app-interface files' : `app-interface files, provisioner ${name}`,
    portable,
  }))
  return checked(sources, [])
}

/** The Terraform file among the files; null when they are others. */
function terraformOf(texts: readonly ManifestText[]): JsonValue | null {
  const [json] = texts.flatMap((text) => asTerraform(text))
  if (json === undefined) return null
  if (texts.length > 1) {
    throw new UserError('import: expected one Terraform file, or app-interface files only')
  }
  return json
}

function readTerraform(json: JsonValue, account: Account | null): Portable {
  const accounts = terraformAccounts(json)
  if (accounts.length > 1 && (account === null || account.id === '')) {
    throw new UserError(
      `import: the file has resources of several accounts (${accounts.join(', ')}), but a manifest covers one; select it with --account ID`,
    )
  }
  return importTerraform(json, account)
}

/** One for each provisioner; of several, `--account` chooses one by its name, where it names one of them. */
function readAppInterface(
  texts: readonly ManifestText[],
  given: string | null,
): Checked<readonly Provisioned[]> {
  const all = importAppInterface(texts, null, readYaml)
  if (!all.ok || given === null) return all
  const chosen = all.value.filter(({ provisioner }) => provisioner === given)
  if (chosen.length > 0) return { ...all, value: chosen }
  if (all.value.length > 1) {
    const names = all.value.map(({ provisioner }) => provisioner ?? '(none)').join(', ')
    throw new UserError(
      `--account ${given}: the files have resources of several provisioners, which are accounts: ${names}; name one of them, or leave it out to get a manifest for each`,
    )
  }
  return importAppInterface(texts, namedAccount(given), readYaml)
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
