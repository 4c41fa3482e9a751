import { guardNames } from '../../provision/plan/guard.ts'
import { apiCommandSettings } from '../../settings/exporter-settings.ts'
import { referenceSettings } from '../../settings/reference-settings.ts'
import { listSetting, setting, switchSetting, type Table } from '../../settings/setting.ts'
import { filePath, oneOf, someText, wholeNumberKind } from '../../settings/setting-kinds.ts'

/* The options of the verbs of `provision`, in groups that verbs put together. */

const objectName = someText('a name', 'NAME')

export const manifestOptions = {
  file: listSetting({
    flag: 'file',
    short: 'f',
    kind: filePath,
    only: 'flag',
    help: 'Manifest: a YAML file, or a folder with *.yaml and *.yml files.',
  }),
} satisfies Table

export const planOptions = {
  target: listSetting({
    flag: 'target',
    kind: objectName,
    only: 'flag',
    help: 'Only plan objects with this name, or with names that this glob describes.',
  }),
  rotate: listSetting({
    flag: 'rotate',
    kind: objectName,
    only: 'flag',
    help: 'Resend the secrets of this job or webhook even if they do not seem to have changed.',
  }),
} satisfies Table

export const forceOption = {
  force: listSetting({
    flag: 'force',
    kind: oneOf(...guardNames),
    only: 'flag',
    help: 'Override this guard.',
  }),
} satisfies Table

export const yesOption = {
  yes: switchSetting({ flag: 'yes', short: 'y', only: 'flag', help: 'Do not ask for confirmation.' }),
} satisfies Table

/** What every verb takes that calls Cloudflare. */
export const sessionOptions = {
  ...apiCommandSettings,
  parallel: setting({
    flag: 'parallel',
    kind: wholeNumberKind(1, 32),
    default: '4',
    only: 'flag',
    help: 'Max concurrent API calls.',
  }),
} satisfies Table

/** What every verb takes that also resolves the references of a manifest. */
export const resolvingOptions = { ...sessionOptions, ...referenceSettings } satisfies Table
