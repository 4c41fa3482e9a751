import { guardNames } from '../../provision/plan/guard.ts'
import { apiCommandSettings } from '../../settings/exporter-settings.ts'
import { referenceSettings } from '../../settings/reference-settings.ts'
import { listSetting, setting, switchSetting, type Table } from '../../settings/setting.ts'
import { oneOf, orNone, someText, wholeNumberKind } from '../../settings/setting-kinds.ts'

/* The options of the verbs of `provision`, in groups that verbs put together. */

const filePath = someText('a path', 'PATH')
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

/** `--offline` of a plan that is only shown. */
export const withoutSecretsOption = {
  offline: switchSetting({
    flag: 'offline',
    only: 'flag',
    help:
      'For a manifest that nobody has reviewed: read no reference but those that name accounts and zones, and ' +
      'compare with what is live all the same. No secret is needed, and none is sent anywhere. What references ' +
      'stand for is not compared, and Cloudflare is asked about no field, destination, alert or token.',
  }),
} satisfies Table

/** `--offline` of a plan that is applied, which needs the secrets. */
export const withoutChecksOption = {
  offline: switchSetting({
    flag: 'offline',
    only: 'flag',
    help: 'Skip the checks that ask Cloudflare about fields, destinations, alerts and the token.',
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

export const parallelOption = {
  parallel: setting({
    flag: 'parallel',
    kind: wholeNumberKind(1, 32),
    default: '4',
    only: 'flag',
    help: 'Max concurrent API calls.',
  }),
} satisfies Table

export const savePlanOption = {
  out: setting({
    flag: 'out',
    kind: orNone(filePath),
    only: 'flag',
    help: 'Save the plan to this file; apply then does exactly this or refuses.',
  }),
} satisfies Table

export const exitCodeOption = {
  detailedExitcode: switchSetting({
    flag: 'detailed-exitcode',
    only: 'flag',
    help: 'Exit with code 2 if there are changes.',
  }),
} satisfies Table

/** What every verb takes that calls Cloudflare. */
export const sessionOptions = { ...apiCommandSettings, ...parallelOption } satisfies Table

/** What every verb takes that also resolves the references of a manifest. */
export const resolvingOptions = { ...sessionOptions, ...referenceSettings } satisfies Table
