import { allSettings, apiCommandSettings, logSettings } from '../settings/exporter-settings.ts'
import { listSetting, setting, switchSetting, type Table } from '../settings/setting.ts'
import {
  decimalNumber,
  filePath,
  listenAddress,
  oneOf,
  orNone,
  someText,
  wholeNumber,
} from '../settings/setting-kinds.ts'
import type { CommandText } from './help-text.ts'

/*
 * What each command takes, and how `--help` presents it. Options that are not settings of the exporter
 * have a flag only.
 */

/** What every command takes besides its own. */
export const processOptions = {
  help: switchSetting({ flag: 'help', short: 'h', only: 'flag', help: 'Show this text.' }),
  version: switchSetting({ flag: 'version', only: 'flag', help: 'Show the version.' }),
} satisfies Table

export const serveOptions = {
  ...allSettings,
  checkOnly: switchSetting({
    flag: 'config.check',
    only: 'flag',
    help: 'Check all settings and the files that they name, and exit.',
  }),
  ...processOptions,
} satisfies Table

const worldOptions = {
  seed: setting({
    flag: 'seed',
    kind: wholeNumber(0, 4_294_967_295),
    default: '1',
    only: 'flag',
    help: 'Seed of the simulated world; the same seed gives the same world.',
  }),
  speed: setting({
    flag: 'speed',
    kind: decimalNumber(0, 100_000),
    default: '1',
    only: 'flag',
    help: 'How many times faster than real time the world moves.',
  }),
} satisfies Table

function listenOption(address: string) {
  return listSetting({
    flag: 'listen',
    kind: listenAddress,
    default: address,
    only: 'flag',
    help: 'Address to listen on. Port 0 picks a free one and shows it.',
  })
}

export const demoOptions = {
  once: switchSetting({
    flag: 'once',
    only: 'flag',
    help: 'Print the first complete scrape and exit.',
  }),
  withAlerting: switchSetting({
    flag: 'with-alerting',
    only: 'flag',
    help: 'Also run Prometheus and Alertmanager, where installed, and a PagerDuty inbox.',
  }),
  listen: listenOption('127.0.0.1:10199'),
  ...worldOptions,
  ...logSettings,
  ...processOptions,
} satisfies Table

export const checkOptions = {
  output: setting({
    flag: 'output',
    short: 'o',
    kind: oneOf('text', 'json'),
    default: 'text',
    only: 'flag',
    help: 'Form of the result.',
  }),
  ...apiCommandSettings,
  ...processOptions,
} satisfies Table

export const simulateOptions = {
  listen: listenOption('127.0.0.1:10198'),
  world: setting({
    flag: 'world',
    kind: someText('the name of a world', 'NAME'),
    default: 'demo',
    only: 'flag',
    help: 'World to simulate: demo, empty or large[:ZONES[,ZONES_WITH_JOBS[,JOBS_PER_ZONE]]].',
  }),
  objectStore: setting({
    flag: 'object-store',
    kind: orNone(filePath),
    default: '',
    only: 'flag',
    help: 'Folder that takes what Cloudflare writes to buckets, as DIR/BUCKET/KEY. Also served as S3, for reading.',
  }),
  ...worldOptions,
  ...logSettings,
  ...processOptions,
} satisfies Table

const nameRule =
  'A setting has a flag, a twin in the environment (--web.listen-address is ' +
  'LOGPUSH_EXPORTER_WEB_LISTEN_ADDRESS) and a key in the settings file ("listen_address" under "web"). ' +
  'The flag wins over the environment, the environment over the file. The API token comes from ' +
  'CLOUDFLARE_API_TOKEN or from a file, never from a flag.'

export const about =
  'Health of Cloudflare Logpush jobs as Prometheus metrics, and provisioning of the jobs from one declarative file.'

export const commandTexts = {
  serve: {
    name: 'serve',
    summary: 'The exporter (default).',
    usage: ['[serve] [flags]'],
    table: serveOptions,
    notes: [nameRule],
  },
  demo: {
    name: 'demo',
    summary: 'The exporter against a simulated Cloudflare; needs no account.',
    usage: ['demo [flags]'],
    table: demoOptions,
    notes: [],
  },
  check: {
    name: 'check',
    summary: 'What the API token may do, and what to grant.',
    usage: ['check [flags]'],
    table: checkOptions,
    notes: [nameRule],
  },
  provision: {
    name: 'provision',
    summary: 'Jobs and notification policies from a manifest: plan, apply and more.',
    usage: ['provision VERB [flags]'],
    table: {},
    notes: [],
  },
  simulate: {
    name: 'simulate',
    summary: 'The simulated Cloudflare alone.',
    usage: ['simulate [flags]'],
    table: simulateOptions,
    notes: [],
  },
} satisfies Record<string, CommandText>

export type CommandName = keyof typeof commandTexts

export const commandNames = Object.keys(commandTexts)

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(commandTexts, word)
}

/** Flags that other commands take and this table does not, each with the name of a command that does. */
export function flagsElsewhere(table: Table): ReadonlyMap<string, string> {
  const own = new Set(Object.values(table).map(({ flag }) => flag))
  const elsewhere = new Map<string, string>()
  for (const command of Object.values<CommandText>(commandTexts)) {
    for (const { flag } of Object.values(command.table)) {
      if (flag !== null && !own.has(flag) && !elsewhere.has(flag)) elsewhere.set(flag, command.name)
    }
  }
  return elsewhere
}
