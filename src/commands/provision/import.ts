import { defineCommand } from '../../cli/command.ts'
import type { Account } from '../../domain/scope.ts'
import { exitCode, UserError } from '../../errors.ts'
import type { ManifestText } from '../../provision/manifest/manifest.ts'
import { type JsonValue, parseJson } from '../../provision/resource/json-value.ts'
import type { Checked } from '../../provision/resource/problem.ts'
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
import { openSession } from './session.ts'
import {
  handOver,
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
    const { owner, out } = values
    if (operands.length === 0) {
      const portable = await readLive(await openSession(values, io), values)
      requireContent(portable, 'the account')
      const title = manifestTitle('the live objects', portable)
      handOver(exportManifest(portable, { owner, title, parseYaml: readYaml }), out, io)
      return exitCode.done
    }
    const account = namedAccount(values.account)
    const texts = readManifestTexts(operands, io)
    const terraform = terraformOf(texts)
    if (terraform !== null) {
      const portable = readTerraform(terraform, account)
      requireContent(portable, operands.join(', '))
      const title = manifestTitle('Terraform', portable)
      handOver(exportManifest(portable, { owner, title, parseYaml: readYaml }), out, io)
      return exitCode.done
    }
    const read = readAppInterface(texts, values.account)
    if (!read.ok) return complainOf(read.problems, io)
    const some = read.value.filter(({ portable }) => portable.jobs.length > 0)
    for (const { portable } of some.length > 0 ? some : read.value)
      requireContent(portable, operands.join(', '))
    const files = some.map(({ provisioner, portable }) => ({
      name: provisioner,
      exported: exportManifest(portable, {
        owner,
        title: manifestTitle(fromAppInterface(provisioner), portable),
        parseYaml: readYaml,
        ...(provisioner === null ? {} : { accountVariable: accountVariableOf(provisioner) }),
      }),
    }))
    handOverAll(files, out, io)
    return exitCode.done
  },
})

function fromAppInterface(provisioner: string | null): string {
  return provisioner === null ? 'app-interface files' : `app-interface files, provisioner ${provisioner}`
}

/** The Terraform file among the files; null when they are others. */
function terraformOf(texts: readonly ManifestText[]): JsonValue | null {
  const [json, ...others] = texts.flatMap((text) => asTerraform(text))
  if (json === undefined) return null
  if (others.length > 0 || texts.length > 1) {
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
