import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { at, entriesAt, listAt } from '../support/tree.ts'
import { bases, buildah, missing, prepareBases } from './bases.ts'
import { type ImageConfig, type Running, runImage } from './run.ts'

/*
 * Builds the image from the Dockerfile and runs it: `npm run test:image`. Apart from the other tests, because it
 * takes minutes and installs every package once more.
 */

const tag = 'localhost/logpush-exporter:test'
t.setTimeout(1_200_000)

/** Where the root of a container made from the image is mounted, with what the image says of itself. */
function built(): { readonly root: string; readonly config: ImageConfig; readonly inspected: unknown } {
  prepareBases()
  const began = performance.now()
  const args = [
    `BUILD_IMAGE=${bases.build}`,
    `RUNTIME_IMAGE=${bases.runtime}`,
    'VERSION=0.1.0',
    'REVISION=0123abc',
  ]
  const buildArgs = args.flatMap((each) => ['--build-arg', each])
  buildah(
    'bud',
    '--quiet',
    '--pull-never',
    '--isolation',
    'chroot',
    '--format',
    'docker',
    '--tag',
    tag,
    ...buildArgs,
    '.',
  )
  t.comment(`built in ${((performance.now() - began) / 1000).toFixed(0)} s, npm ci included`)
  const inspected: unknown = JSON.parse(buildah('inspect', '--type', 'image', tag))
  const container = buildah('from', '--pull-never', tag)
  t.teardown(() => buildah('rm', container))
  const config = at(inspected, 'Docker', 'config')
  const env = listAt(config, 'Env').map((each): [string, string] => {
    const [name = '', ...value] = String(each).split('=')
    return [name, value.join('=')]
  })
  return {
    root: buildah('mount', container),
    inspected,
    config: { entrypoint: listAt(config, 'Entrypoint').map(String), env: Object.fromEntries(env) },
  }
}

/** A folder as a container engine makes a new volume: with the owner and mode that the image gives. */
function newVolume(root: string): string {
  const volume = mkdtempSync(join(tmpdir(), 'volume-'))
  const { uid, gid, mode } = statSync(join(root, 'data'))
  chownSync(volume, uid, gid)
  chmodSync(volume, mode & 0o777)
  return volume
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
const reason = missing()

t.test('the image', { skip: reason ?? false }, async (t) => {
  const { root, config, inspected } = built()

  t.test('says what it is and how it is run', async (t) => {
    const said = at(inspected, 'Docker', 'config')
    t.match(said, {
      User: '65532:65532',
      Entrypoint: ['/usr/local/bin/node', '/app/dist/main.js'],
      Cmd: ['serve'],
      WorkingDir: '/app',
      Labels: {
        'org.opencontainers.image.version': '0.1.0',
        'org.opencontainers.image.revision': '0123abc',
        'org.opencontainers.image.licenses': 'Apache-2.0',
      },
    })
    t.strictSame(
      entriesAt(said, 'Volumes').map(([path]) => path),
      ['/data'],
    )
    t.strictSame(
      entriesAt(said, 'ExposedPorts').map(([port]) => port),
      ['10199/tcp'],
    )
  })

  t.test('holds Node and the bundle, and no package', async (t) => {
    const layers = listAt(inspected, 'OCIv1', 'rootfs', 'diff_ids').length
    const parts = { node: statSync(join(root, 'usr/local/bin/node')).size, app: bytesIn(join(root, 'app')) }
    const whole = bytesIn(root)
    t.comment(
      `${megabytes(whole)} in ${layers} layers: Node ${megabytes(parts.node)}, app ${megabytes(parts.app)} (bundle ${megabytes(bytesIn(join(root, 'app/dist')))}), base ${megabytes(whole - parts.node - parts.app)}`,
    )
    t.ok(parts.app < 25e6, `the app is ${megabytes(parts.app)}`)
    for (const name of ['LICENSE', 'dist/THIRD-PARTY-NOTICES.txt'])
      t.ok(statSync(join(root, 'app', name)).size > 1000, name)
    for (const absent of ['bin/sh', 'usr/bin/sh', 'usr/local/bin/npm', 'src', 'app/node_modules']) {
      t.throws(() => statSync(join(root, absent)), absent)
    }
    for (const entry of readdirSync(join(root, 'app'), { recursive: true, withFileTypes: true })) {
      const { uid, mode } = statSync(join(entry.parentPath, entry.name))
      if (uid !== 0 || (mode & 0o022) !== 0) t.fail(`${entry.name} could be changed by its user`)
    }
    const data = statSync(join(root, 'data'))
    t.strictSame([data.uid, data.gid, data.mode & 0o777], [65532, 0, 0o770], 'the volume belongs to the user')
  })

  for (const user of ['65532:65532', '12345:0']) {
    t.test(`answers as user ${user} on a read-only root and ends when told to`, async (t) => {
      const volume = newVolume(root)
      t.teardown(() => rmSync(volume, { recursive: true }))
      const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Running => {
        const running = runImage(config, { root, volume, user }, args, env)
        t.teardown(() => running.process.kill('SIGKILL'))
        return running
      }

      const api = start(['simulate', '--listen=127.0.0.1:0'])
      const [, address = ''] = await api.line(/(http:\S+\/client\/v4)/)
      const [, token = ''] = await api.line(/CLOUDFLARE_API_TOKEN=(\S+)/)

      const port = await freePort()
      const began = performance.now()
      const exporter = start(
        ['serve', `--web.listen-address=127.0.0.1:${port}`, `--cloudflare.base-url=${address}`],
        {
          CLOUDFLARE_API_TOKEN: token,
          NODE_OPTIONS: '--max-old-space-size=192',
        },
      )
      const ended = exporter.line(/^no line is this$/)
      ended.catch(() => undefined)
      const metrics = async (): Promise<string> =>
        fetch(`http://127.0.0.1:${port}/metrics`).then(
          (answer) => answer.text(),
          () => '',
        )
      const until = async (pattern: RegExp): Promise<number> => {
        while (!pattern.test(await metrics())) {
          await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 20))])
        }
        return performance.now() - began
      }
      const first = await until(/^cloudflare_logpush_exporter_build_info\{/m)
      const jobs = await until(/^cloudflare_logpush_job_info\{/m)
      const status = readFileSync(`/proc/${exporter.process.pid}/status`, 'utf8')
      t.match(status, new RegExp(`^Uid:\\t${user.split(':')[0]}\\t`, 'm'), 'it is not root')
      t.match(status, /^CapEff:\t0000000000000000$/m, 'it has no capability')
      t.ok(readdirSync(volume).includes('ledger.db'), 'the ledger is in the volume')
      const { code, ms } = await exporter.stop()
      t.equal(code, 0)
      t.ok(ms < 10_000, `${ms.toFixed(0)} ms from SIGTERM to exit`)
      const rss = /^VmRSS:\s+(\d+)/m.exec(status)?.[1]
      t.comment(
        `first answer after ${first.toFixed(0)} ms, jobs after ${jobs.toFixed(0)} ms, RSS ${Number(rss) / 1000} MB, SIGTERM to exit ${ms.toFixed(0)} ms`,
      )
      t.equal((await api.stop()).code, 0, 'the simulator ends as well')
    })
  }

  t.test('can’t write outside its volume', async (t) => {
    const probe = runImage(
      { entrypoint: ['/usr/local/bin/node', '-e'], env: config.env },
      { root, volume: tmpdir(), user: '65532:65532' },
      ["require('node:fs').writeFile('/app/dist/x', '', (e) => console.log('result ' + e?.code))"],
    )
    t.match((await probe.line(/^result (.*)$/))[1], /^E(ROFS|ACCES)$/)
  })
})
