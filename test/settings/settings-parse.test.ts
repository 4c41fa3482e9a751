import t from 'tap'
import { allSettings } from '../../src/settings/exporter-settings.ts'
import { readSettings } from '../../src/settings/settings-parse.ts'

/* Where settings are looked for, and what there is told to be wrong. */

interface Given {
  readonly flags?: Readonly<Record<string, readonly string[]>>
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
}

async function read(
  { flags = {}, env = {}, files = {} }: Given,
  table: Partial<typeof allSettings> = allSettings,
) {
  const opened: string[] = []
  const reading = await readSettings(table, allSettings, {
    given: new Map(Object.entries(flags)),
    env,
    readFile: (path) => {
      opened.push(path)
      const text = files[path]
      return text === undefined ? { ok: false, reason: 'no such file' } : { ok: true, text }
    },
  })
  const { values, problems } = reading.ok ? { ...reading, problems: [] } : { ...reading, values: null }
  return { opened, values, problems }
}

const problemsOf = async (given: Given) => (await read(given)).problems
const configFile = 'LOGPUSH_EXPORTER_CONFIG_FILE'

t.test('the file is named by flag or by variable, and the flag wins', async (t) => {
  const files = { 'a.yaml': 'shard: 1', 'b.yaml': 'shard: 2' }
  t.match(await read({ files }), { opened: [], values: { shard: 0 } })
  t.match(await read({ files, env: { [configFile]: 'a.yaml' } }), {
    opened: ['a.yaml'],
    values: { shard: 1 },
  })
  t.match(await read({ files, env: { [configFile]: 'a.yaml' }, flags: { 'config.file': ['b.yaml'] } }), {
    opened: ['b.yaml'],
    values: { shard: 2 },
  })
  t.strictSame(await problemsOf({ env: { [configFile]: 'c.yaml' } }), [
    '--config.file: cannot read c.yaml: no such file',
  ])
})

t.test('what is meant for other commands is checked, and not handed over', async (t) => {
  const { shard } = allSettings
  const env = { LOGPUSH_EXPORTER_TOTAL_SHARDS: '2' }
  t.strictSame((await read({ env }, { shard })).values, { shard: 0 })
  t.strictSame((await read({ env: { LOGPUSH_EXPORTER_TOTAL_SHARDS: 'x' } }, { shard })).problems, [
    'LOGPUSH_EXPORTER_TOTAL_SHARDS: expected a whole number from 1 to 10000, found "x"',
  ])
})

t.test('unknown variables of ours are told by name, with one that exists where it is near', async (t) => {
  t.strictSame(
    await problemsOf({
      env: {
        LOGPUSH_EXPORTER_TOKEN: 'canary',
        LOGPUSH_EXPORTER_LOG_LEVL: '1',
        LOGPUSH: 'a',
        OTHER_EXPORTER_SHARD: 'b',
      },
    }),
    [
      'LOGPUSH_EXPORTER_LOG_LEVL: unknown environment variable; did you mean LOGPUSH_EXPORTER_LOG_LEVEL?',
      'LOGPUSH_EXPORTER_TOKEN: unknown environment variable',
    ],
  )
})

t.test('the variables that Kubernetes sets for a service of our name are no mistakes', async (t) => {
  const env = Object.fromEntries(
    [
      'SERVICE_HOST',
      'SERVICE_PORT',
      'SERVICE_PORT_HTTP',
      'PORT',
      'PORT_10199_TCP',
      'PORT_10199_TCP_PROTO',
      'PORT_10199_TCP_ADDR',
    ].map((name) => [`LOGPUSH_EXPORTER_${name}`, 'x']),
  )
  t.strictSame(await problemsOf({ env }), [])
})

t.test('a flag that takes one value is given once', async (t) => {
  t.strictSame(await problemsOf({ flags: { shard: ['1', '2', '3'] } }), [
    '--shard: given 3 times; it takes one value',
  ])
  t.match((await read({ flags: { 'cloudflare.zones': ['a', 'b,c'] } })).values, { zones: ['a', 'b', 'c'] })
})

t.test('mistakes of the file are told in its order, sections known by their names', async (t) => {
  const inFile = (text: string) => problemsOf({ files: { f: text }, flags: { 'config.file': ['f'] } })
  t.strictSame(await inFile('arrival:\n  - {read: ftp}\nshard: -1\n'), [
    'f:2:5: arrival: "match" is missing',
    'f:2:12: arrival: expected one of s3, r2, gcs, azure, elastic, or a mapping with one of them, found "ftp"',
    'f:3:8: shard: expected a whole number from 0 to 9999, or auto, found "-1"',
  ])
  t.strictSame(await inFile('webb: {}\nlog: {web: {}}\n'), [
    'f:1:1: unknown key "webb"; did you mean "web"?',
    'f:2:7: unknown key "log.web"',
  ])
  t.strictSame(await inFile('log: debug\n'), [
    'f:1:6: log: expected a mapping of the settings of log, found "debug"',
  ])
  t.strictSame(await inFile('- a\n'), ['f:1:1: expected a mapping of settings, found a list'])
})
