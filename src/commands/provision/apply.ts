import { defineCommand } from '../../cli/command.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import { outputOption } from '../../cli/options.ts'
import { exitCode, UserError } from '../../errors.ts'
import { planJson } from '../../provision/plan/plan-json.ts'
import {
  manifestChecksum,
  readSavedPlan,
  type SavedPlan,
  whyOutdated,
} from '../../provision/plan/saved-plan.ts'
import { switchSetting } from '../../settings/setting.ts'
import { readManifestTexts } from '../manifest-files.ts'
import { planAndApply } from './agreed-apply.ts'
import { waitOption } from './carry-out.ts'
import { memoryOption } from './memory.ts'
import { forceOption, manifestOptions, planOptions, resolvingOptions, yesOption } from './options.ts'

export const command = defineCommand({
  usage: ['-f PATH [flags]', 'PLAN [flags]'],
  options: {
    ...manifestOptions,
    output: outputOption('text', 'json'),
    ...yesOption,
    ...planOptions,
    offline: switchSetting({
      flag: 'offline',
      only: 'flag',
      help: 'Skip the checks that ask Cloudflare about fields, destinations, alerts and the token.',
    }),
    ...forceOption,
    ...waitOption,
    ...memoryOption,
    ...resolvingOptions,
  },
  operands: { what: 'a saved plan', max: 1 },
  notes: [
    'Shows the plan, asks once, and re-reads each object before writing it: an object that has changed since is ' +
      'refused. A failure holds back only what depends on it; the next run finishes the work. A saved plan is ' +
      'applied exactly or not at all.',
    'With --output json each event is one line: {"event":"begin","steps":N}, then for each step ' +
      '{"event":"step","change","kind","name","scope","state"} where state is started, waiting, done, failed, ' +
      'refused, skipped or not_started, with a reason where there is one, then ' +
      '{"event":"end","stopped","summary"}.',
    'Challenge files are read with the credentials of the platform: the AWS chain (AWS_PROFILE, AWS_ROLE_ARN, ' +
      '…, with AWS_ENDPOINT_URL_S3 for another store), Google application default credentials, and for Azure ' +
      'AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or its default chain.',
    'Exits with 0 if everything was applied; with 1 if something was not; with 3 if the guard objects, and then ' +
      'nothing was written; with 65 if the manifest is invalid, or names what Cloudflare does not accept.',
  ],
  async run(values, io, { operands: [planFile] }) {
    const saved = planFile === undefined ? null : openSavedPlan(planFile, values, io)
    const texts = readManifestTexts(saved?.manifest.paths ?? values.file, io)
    if (saved !== null && manifestChecksum(texts) !== saved.manifest.checksum) {
      throw outdatedPlan(planFile, 'the manifest has changed since the plan was made; run plan again')
    }
    return planAndApply(
      {
        texts,
        targets: saved?.targets ?? values.target,
        rotate: saved?.rotate ?? values.rotate,
        offline: values.offline,
        question: 'Apply this plan?',
        check({ plan, problems }) {
          const json = planJson({ plan, objections: [], problems })
          const outdated = saved && whyOutdated(saved, { texts, changes: plan.changes, plan: json })
          if (outdated !== null) throw outdatedPlan(planFile, outdated)
        },
      },
      values,
      io,
    )
  },
})

function outdatedPlan(file: string | undefined, reason: string): UserError {
  return new UserError(`${file}: ${reason}; nothing was changed`, exitCode.failure)
}

function openSavedPlan(
  path: string,
  { file, target, rotate }: Readonly<Record<'file' | 'target' | 'rotate', readonly string[]>>,
  io: Pick<CommandIo, 'readFile'>,
): SavedPlan {
  if (file.length + target.length + rotate.length > 0) {
    throw new UserError(
      `${path}: a saved plan already contains its manifest and targets; remove -f, --target and --rotate`,
    )
  }
  const read = io.readFile(path)
  if (!read.ok) throw new UserError(`cannot read the saved plan ${path}: ${read.reason}`)
  return readSavedPlan(path, read.text)
}
