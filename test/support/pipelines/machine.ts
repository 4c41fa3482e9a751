import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/*
 * The machines that run a pipeline's jobs: each job gets a fresh folder with a checkout, and programs that stand in
 * for what is not here. Artifacts are all that passes from one job to the next.
 */

export interface Ran {
  readonly code: number
  /** Both streams, in order. */
  readonly output: string
}

export interface Machine {
  /** The checkout: the working folder of the job. */
  readonly folder: string
  /** Runs a script in bash, with only this environment and a PATH. */
  bash(options: readonly string[], script: string, env: Readonly<Record<string, string>>): Promise<Ran>
  /** Runs Node, as a container of the image would. */
  node(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran>
  upload(name: string, path: string): void
  download(name: string): void
}

export interface Site {
  /** What a checkout holds, by path; the test may change it between jobs. */
  readonly repository: Map<string, string>
  /** A machine with a checkout. */
  machine(): Machine
  /** A file outside of any checkout, such as a variable of type File; its path. */
  file(name: string, text: string): string
}

const docker = new URL('./docker-run.mjs', import.meta.url).pathname
const bundle = new URL('../../../dist/main.js', import.meta.url).pathname

/** @param cloudflareUrl where the exporter finds Cloudflare's API, ending in `/client/v4`. */
export function pipelineSite(
  t: { teardown(end: () => unknown): unknown },
  cloudflareUrl: string,
  repository: Map<string, string>,
): Site {
  const root = mkdtempSync(join(tmpdir(), 'pipeline-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  // No package.json of a parent folder says what kind of module a script is.
  writeFileSync(join(root, 'package.json'), '{}')
  const programs = join(root, 'bin')
  mkdirSync(programs)
  const program = (name: string, script: string) => {
    writeFileSync(join(programs, name), `#!/bin/bash\n${script}\n`)
    chmodSync(join(programs, name), 0o755)
  }
  program('docker', `exec "${process.execPath}" "${docker}" "$@"`)
  program('node', `exec "${process.execPath}" "$@"`)
  program(
    'logpush-exporter',
    `LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL="$TEST_CLOUDFLARE_URL" exec "${process.execPath}" "${bundle}" "$@"`,
  )
  // The package is the bundle that was just built.
  program('npm', '[[ "$*" =~ ^install\\ --global\\ .*logpush-exporter@ ]] || { echo "npm $*?" >&2; exit 1; }')
  const store = join(root, 'artifacts')
  let jobs = 0
  const run = async (command: string, args: readonly string[], cwd: string, env: object): Promise<Ran> => {
    const child = spawn(command, args, { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    const [code] = await once(child, 'close')
    return { code: typeof code === 'number' ? code : -1, output }
  }
  return {
    repository,
    file(name, text) {
      writeFileSync(join(root, name), text)
      return join(root, name)
    },
    machine() {
      jobs += 1
      const home = join(root, `job-${jobs}`)
      const folder = join(home, 'checkout')
      for (const [path, text] of repository) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), text)
      }
      return {
        folder,
        bash(options, script, env) {
          const base = {
            PATH: `${programs}:${process.env.PATH ?? ''}`,
            HOME: home,
            TEST_CLOUDFLARE_URL: cloudflareUrl,
          }
          return run('bash', [...options, '-c', script], folder, { ...base, ...env })
        },
        node(args, env) {
          const base = { HOME: home, LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: cloudflareUrl }
          return run(process.execPath, args, folder, { ...base, ...env })
        },
        upload(name, path) {
          mkdirSync(join(store, name), { recursive: true })
          cpSync(join(folder, path), join(store, name, path))
        },
        download(name) {
          if (!existsSync(join(store, name))) throw new Error(`there is no artifact called ${name}`)
          cpSync(join(store, name), folder, { recursive: true })
        },
      }
    },
  }
}
