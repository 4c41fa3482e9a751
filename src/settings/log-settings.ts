import { setting, type Table, type Values } from './setting.ts'
import { oneOf, orNone } from './setting-kinds.ts'

const logLevel = oneOf('debug', 'info', 'warn', 'error')

export const logSettings = {
  logLevel: setting({
    flag: 'log.level',
    kind: logLevel,
    default: 'info',
    reloadable: true,
    help: 'Minimum log level.',
  }),
  logFormat: setting({
    flag: 'log.format',
    kind: orNone(oneOf('json', 'logfmt', 'pretty')),
    help: 'Log format. Defaults to pretty on a terminal, JSON otherwise.',
  }),
} satisfies Table

/** For a command that picks its level by where it runs, as `help` says. */
export const optionalLogLevel = (help: string) => setting({ flag: 'log.level', kind: orNone(logLevel), help })

export type LogSettings = Values<typeof logSettings>
