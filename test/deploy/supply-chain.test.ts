import { execFileSync } from 'node:child_process'
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

t.test('every production package has a licence that is acceptable', async (t) => {
  const lines = execFileSync(process.execPath, ['.build/licences.mjs'], { encoding: 'utf8' })
    .trim()
    .split('\n')
  const listed = new Set(lines.map((line) => line.split('\t').slice(0, 2).join('@')))
  t.ok(lines.length > 100, `${lines.length} packages`)
  for (const [name, version] of Object.entries(own.dependencies)) t.ok(listed.has(`${name}@${version}`), name)
  t.comment(summary(lines.map((line) => line.split('\t')[2] ?? '')))
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
    pins.filter(([, range]) => !/^\d+\.\d+\.\d+$/.test(String(range))),
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
  const installed = execFileSync(process.execPath, ['.build/licences.mjs'], { encoding: 'utf8' })
    .trim()
    .split('\n')
  t.strictSame(
    new Set(installed.map((line) => line.split('\t').slice(0, 2).join('@'))),
    new Set(listed),
    'all production packages and no other',
  )
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
  t.match(readFileSync('.github/SECURITY.md', 'utf8'), /security@example\.com/)
  t.match(JSON.parse(readFileSync('.github/renovate.json', 'utf8')), {
    vulnerabilityAlerts: { enabled: true },
  })
})
