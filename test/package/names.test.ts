import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runbooksUrl } from '../../src/http/pages/addresses.ts'
import { readYaml } from '../support/manifests.ts'
import { imageName, repository, version } from '../support/names.ts'
import { at, entriesAt, listAt, textAt } from '../support/tree.ts'

/*
 * One address of the repository, one name of the image and one version, wherever they are written.
 */

const own = JSON.parse(readFileSync('package.json', 'utf8'))
const ignored = new Set(['node_modules', '.git', 'dist', 'data', 'coverage', '.tap', '.cache', 'secrets'])

/** Every text file of the project; what git ignores lies in folders that are left out. */
function textFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ignored.has(entry.name) ? [] : textFiles(path)
    return entry.isFile() && !/\.(png|tgz|log)$/.test(entry.name) ? [path] : []
  })
}

const texts = textFiles('.').map((path) => ({ path, text: readFileSync(path, 'utf8') }))
/** What ships or is followed; tests make up names of their own. */
const written = texts.filter(({ path }) => !path.startsWith('test/') && path !== 'package-lock.json')

/** Every match of a pattern's first group, with its file. */
function found(pattern: RegExp): readonly { readonly path: string; readonly name: string }[] {
  return written.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map((match) => ({ path, name: match[1] ?? '' })),
  )
}

t.test('package.json names one repository', async (t) => {
  t.match(repository, /^https:\/\/github\.com\/[\w-]+\/logpush-exporter$/)
  t.equal(own.homepage, `${repository}#readme`)
  t.strictSame(own.bugs, { url: `${repository}/issues` })
  t.ok(runbooksUrl.startsWith(`${repository}/`), 'runbooks are read there')
})

t.test('every address of the repository is that one', async (t) => {
  const addresses = found(/(https:\/\/[\w.-]+\/(?:[\w.-]+\/)*logpush-exporter(?![\w-])[^\s"'`)>\]]*)/g)
  t.ok(addresses.length > 50, `${addresses.length} addresses`)
  t.strictSame(
    addresses.filter(
      ({ name }) => !name.startsWith(repository) || !/^($|\/|#|\.git$|,)/.test(name.slice(repository.length)),
    ),
    [],
  )
  const places = new Set(addresses.map(({ path }) => path))
  for (const path of [
    'Dockerfile',
    '.github/SECURITY.md',
    'deploy/helm/logpush-exporter/Chart.yaml',
    'deploy/systemd/logpush-exporter.service',
    'alerts/cloudflare-logpush.rules.yaml',
    'dashboards/overview.json',
  ]) {
    t.ok(places.has(path), path)
  }
})

t.test('every name of the image is that of the repository, at this version', async (t) => {
  const hosted = found(/(?<![\w./])((?:\w[\w-]*\.)+[a-z]+\/(?:[\w-]+\/)*logpush-exporter)(?=[:@\s"'`}=)])/g)
  t.strictSame(
    hosted.filter(({ name }) => name !== imageName && name !== repository.replace('https://', '')),
    [],
  )
  const places = new Set(hosted.filter(({ name }) => name === imageName).map(({ path }) => path))
  for (const path of [
    'deploy/base/deployment.yaml',
    'deploy/compose/compose.yaml',
    'deploy/openshift/logpush-exporter.yaml',
    'deploy/overlays/example/kustomization.yaml',
    'deploy/README.md',
    '.github/renovate.json',
  ]) {
    t.ok(places.has(path), path)
  }
  const image = at(readYaml('deploy/helm/logpush-exporter/values.yaml'), 'image')
  t.equal(`${textAt(image, 'registry')}/${textAt(image, 'repository')}`, imageName)
  const release = readYaml('.github/workflows/release.yml')
  t.equal(
    textAt(release, 'env', 'IMAGE').replace(
      /\$\{\{ github\.repository \}\}/,
      repository.split('/').slice(-2).join('/'),
    ),
    imageName,
    'and that is what the release pushes',
  )
})

t.test('every version of the program is this one', async (t) => {
  const versions = found(/logpush-exporter[:@-]v?(\d+\.\d+\.\d+[\w.-]*?)(?=\.tgz|[^\w.-]|$)/g)
  t.ok(versions.length > 8, `${versions.length} versions`)
  t.strictSame(
    versions.filter(({ name }) => name !== version),
    [],
  )
  const chart = readYaml('deploy/helm/logpush-exporter/Chart.yaml')
  t.strictSame([textAt(chart, 'version'), textAt(chart, 'appVersion')], [version, version])
  const dockerfile = readFileSync('Dockerfile', 'utf8')
  t.match(dockerfile, `ARG VERSION=${version}\n`)
  const labels = found(/app\.kubernetes\.io\/version: "?([\d.]+)/g)
  t.strictSame(
    labels.filter(({ name }) => name !== version),
    [],
  )
  const parameters = listAt(readYaml('deploy/openshift/logpush-exporter.yaml'), 'parameters')
  t.equal(
    textAt(
      parameters.find((each) => textAt(each, 'name') === 'IMAGE_TAG'),
      'value',
    ),
    version,
  )
  t.match(readFileSync('CHANGELOG.md', 'utf8'), `\n## ${version}`)
})

t.test('no file names a package registry, nor a made-up address of ours', async (t) => {
  const kinds =
    /registry\.npmjs|registry\.yarnpkg|npm\.pkg\.github|git\.example|quay\.example\/[\w/-]*logpush-exporter|security@/
  const others = texts.filter(({ path }) => path !== 'test/package/names.test.ts')
  t.strictSame(
    others.filter(({ text }) => kinds.test(text)).map(({ path }) => path),
    [],
  )
  t.notOk('publishConfig' in own)
})

t.test('what a user must change stands in one table', async (t) => {
  const readme = readFileSync('deploy/README.md', 'utf8')
  const deployed = written.filter(
    ({ path }) => /^(deploy|alerts)\//.test(path) && !/\.md$|\/ci\/|\/tests\//.test(path),
  )
  const hosts = new Set(
    deployed.flatMap(({ text }) =>
      [...text.matchAll(/(?<![\w@.-])([\w-]+\.example\.(?:com|org))\b/g)].map((match) => match[1] ?? ''),
    ),
  )
  t.ok(hosts.size > 2)
  for (const host of hosts) t.match(readme, host, host)
})

t.test('Compose waits for what it needs, by asking it', async (t) => {
  const services = new Map(entriesAt(readYaml('deploy/compose/compose.yaml'), 'services'))
  t.strictSame([...services.keys()].sort(), ['alertmanager', 'exporter', 'grafana', 'prometheus'])
  for (const [name, service] of services) {
    t.ok(listAt(service, 'healthcheck', 'test').length > 0, name)
    for (const [needed, how] of entriesAt(service, 'depends_on')) {
      t.ok(services.has(needed), `${name} needs ${needed}`)
      t.equal(textAt(how, 'condition'), 'service_healthy', `${name} needs ${needed}`)
    }
  }
})
