import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lint } from '../support/dockerfile.ts'
import { repository } from '../support/names.ts'
import { at, entriesAt, listAt, textAt } from '../support/tree.ts'

/*
 * What the image and the package are made of: the Dockerfile, the licences, the list of parts, the bundle.
 */

t.setTimeout(180_000)
const own = JSON.parse(readFileSync('package.json', 'utf8'))
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const dockerfile = readFileSync('Dockerfile', 'utf8')

t.test('the Dockerfile passes the linter and the rules of this repository', async (t) => {
  t.strictSame(lint(dockerfile), [])
  const worse: readonly (readonly [string, string, RegExp])[] = [
    ['USER 65532:65532', 'USER node', /numeric user/],
    [`FROM \${RUNTIME_IMAGE}`, 'FROM debian:latest', /build argument/],
    ['CMD ["serve"]', 'CMD npm start', /exec form/],
    ['npm ci --ignore-scripts', 'npm install', /npm ci/],
    ['VOLUME ["/data"]', '', /VOLUME/],
    ['org.opencontainers.image.licenses', 'licenses', /image\.licenses/],
    ['WORKDIR /app', 'WORKDIR app', /absolute/],
    ['COPY src src', 'COPY . .', /whole context/],
  ]
  for (const [from, to, expected] of worse) {
    t.ok(dockerfile.includes(from), from)
    t.match(lint(dockerfile.replace(from, to)).join('\n'), expected, `notices ${to || `no ${from}`}`)
  }
})

t.test('the context of the image holds what the build reads and nothing else', async (t) => {
  const [first, ...kept] = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  t.equal(first, '*')
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
    (match[1] ?? '').split(' '),
  )
  t.strictSame(kept.map((line) => line.replace('!', '')).sort(), copied.sort())
})

/** What ships, by .build/licences.mjs: a line for each package, `name@version` and licence. */
const shipped = execFileSync(process.execPath, ['.build/licences.mjs'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .map((line) => line.split('\t'))
  .map(([name, version, licence]) => ({ id: `${name}@${version}`, name, licence: licence ?? '' }))

t.test('every package that ships has a licence that is acceptable', async (t) => {
  const names = new Set(shipped.map(({ name }) => name))
  for (const name of ['cloudflare', 'fastify', 'graphql-request', 'pino', 'prom-client'])
    t.ok(names.has(name), `${name}, in the bundle`)
  for (const name of Object.keys(own.dependencies)) t.ok(names.has(name), `${name}, beside the bundle`)
  for (const name of ['esbuild', 'tap', 'typescript', 'azurite'])
    t.notOk(names.has(name), `${name} does not ship`)
  t.comment(summary(shipped.map(({ licence }) => licence)))
})

t.test('the texts of all these licences travel with the bundle', async (t) => {
  const notices = readFileSync('dist/THIRD-PARTY-NOTICES.txt', 'utf8')
  const untold = shipped.filter(({ id }) => !notices.includes(id.replace(/@(?=[^@]+$)/, ' ')))
  t.strictSame(untold, [])
})

t.test('the audit judges what ships, and nothing else', async (t) => {
  const audit = (report: unknown) =>
    spawnSync(process.execPath, ['.build/audit.mjs'], { input: JSON.stringify(report), encoding: 'utf8' })
  const advisory = { title: 'Request smuggling', url: 'https://advisory.example/1' }
  const finding = (name: string, via: readonly unknown[]) => ({
    [name]: { name, severity: 'low', via, nodes: [`node_modules/${name}`] },
  })

  const [beside = ''] = Object.keys(own.dependencies)
  const found = audit({
    vulnerabilities: { ...finding('fastify', [advisory]), ...finding(beside, [advisory]) },
  })
  t.equal(found.status, 1)
  t.match(found.stdout, /^fastify@\d\S+ \(low\): Request smuggling https:/, 'in the bundle')
  t.match(found.stdout, `\n${beside}@`, 'beside the bundle')

  const others = audit({ vulnerabilities: { ...finding('tap', [advisory]), ...finding('fastify', ['ajv']) } })
  t.strictSame([others.status, others.stderr], [0, ''], 'a tool’s, or one that another package brings')
  t.match(others.stdout, `in the ${shipped.length} packages that ship; 2 in others`)

  const refused = audit({ message: '405 Method Not Allowed', error: {} })
  t.equal(refused.status, 1, 'no report is not a clean one')
  t.match(refused.stderr, /^cannot audit: 405 Method Not Allowed/)
})

t.test('the lock file names one checksum for every package and no registry', async (t) => {
  const packages = entriesAt(lock, 'packages').filter(
    ([path, entry]) => path !== '' && at(entry, 'link') !== true && at(entry, 'inBundle') !== true,
  )
  t.ok(packages.length > 500)
  const unchecked = packages.filter(([, entry]) => !textAt(entry, 'integrity').startsWith('sha512-'))
  t.strictSame(
    unchecked.map(([path]) => path),
    [],
  )
  t.strictSame(
    packages.filter(([, entry]) => at(entry, 'resolved') !== undefined).map(([path]) => path),
    [],
  )
  const pins = [...Object.entries(own.dependencies), ...Object.entries(own.devDependencies)]
  t.strictSame(
    pins.filter(([, range]) => !/^(npm:[a-z]+@)?\d+\.\d+\.\d+$/.test(String(range))),
    [],
    'every version is exact',
  )
})

t.test('one command lists the parts as CycloneDX', async (t) => {
  const command = ['run', '--silent', 'sbom']
  const list: unknown = JSON.parse(execFileSync('npm', command, { encoding: 'utf8', maxBuffer: 1e8 }))
  t.match(list, {
    bomFormat: 'CycloneDX',
    specVersion: /^1\.\d$/,
    metadata: { component: { name: own.name } },
  })
  const listed = listAt(list, 'components').map(
    (part) => `${textAt(part, 'name')}@${textAt(part, 'version')}`,
  )
  t.strictSame(new Set(listed), new Set(shipped.map(({ id }) => id)), 'all packages that ship and no other')
  t.notMatch(JSON.stringify(list), /npm:package:development/, 'none passes for a mere tool')
})

t.test('two builds of the bundle, in different places, are the same to the byte', async (t) => {
  const base = join('.cache', 'reproducible')
  mkdirSync(base, { recursive: true })
  const places = [mkdtempSync(join(base, 'first-')), mkdtempSync(join(base, 'another-place-'))]
  t.teardown(() => {
    for (const place of places) rmSync(place, { recursive: true })
  })
  const [one, two] = places.map((place) => {
    for (const path of ['src', '.build', 'package.json', 'tsconfig.json'])
      cpSync(path, join(place, path), { recursive: true })
    symlinkSync(join(process.cwd(), 'node_modules'), join(place, 'node_modules'))
    execFileSync(process.execPath, ['.build/bundle.mjs'], { cwd: place, stdio: 'ignore' })
    return hashes(join(place, 'dist'))
  })
  t.ok((one ?? []).length > 1, 'the bundle and its chunks')
  t.strictSame(one, two)
})

function hashes(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map(
      (path) =>
        `${path.slice(folder.length)} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`,
    )
    .sort()
}

function summary(values: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([value, count]) => `${value} ${count}`)
    .join(', ')
}

t.test('whoever finds a hole learns where to report it', async (t) => {
  t.ok(existsSync('.github/SECURITY.md'))
  t.match(readFileSync('.github/SECURITY.md', 'utf8'), `${repository}/security/advisories/new`)
  t.match(JSON.parse(readFileSync('.github/renovate.json', 'utf8')), {
    vulnerabilityAlerts: { enabled: true },
  })
})
