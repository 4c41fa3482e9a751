import { setting, switchSetting, type Table } from '../settings/setting.ts'
import { oneOf } from '../settings/setting-kinds.ts'

/* Options that are no settings of the exporter and that several commands take. They have a flag only. */

export const processOptions = {
  help: switchSetting({ flag: 'help', short: 'h', only: 'flag', help: 'Show this help.' }),
  version: switchSetting({ flag: 'version', only: 'flag', help: 'Show the version.' }),
} satisfies Table

/** `--output` with the formats of one command; the first is the default. */
export function outputOption<const T extends string>(...formats: readonly [T, ...T[]]) {
  return setting({
    flag: 'output',
    short: 'o',
    kind: oneOf(...formats),
    default: formats[0],
    only: 'flag',
    help: 'Output format.',
  })
}
