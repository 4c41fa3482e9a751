import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** What an image says about how it is run. */
export interface ImageConfig {
  readonly entrypoint: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export interface Running {
  readonly process: ChildProcess
  /** Resolves with the first line that matches, of either stream; rejects when the process ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  /** Sends SIGTERM and waits: the exit code and the milliseconds it took. */
  stop(): Promise<{ readonly code: number | null; readonly ms: number }>
}

/**
 * Mounts the image's root read-only and a folder as its volume, gives up root for the user named, and becomes
 * the program, so that the process started here is the program itself.
 */
const script = `
set -e
root=$1; volume=$2; user=$3; shift 3
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --bind "$volume" "$root/data"
mount -t proc proc "$root/proc"
exec chroot --userspec="$user" --groups="" "$root" "$@"
`

export function runImage(
  config: ImageConfig,
  where: { readonly root: string; readonly volume: string; readonly user: string },
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const command = [where.root, where.volume, where.user, ...config.entrypoint, ...args]
  const child = spawn(
    'unshare',
    ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...command],
    {
      env: { ...config.env, ...env, PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const seen: string[] = []
  const waiting: ((line: string) => void)[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      seen.push(line)
      for (const each of waiting) each(line)
    })
  }
  return {
    process: child,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (line: string): void => {
          const match = pattern.exec(line)
          if (match !== null) resolve(match)
        }
        for (const line of seen) look(line)
        waiting.push(look)
        child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${seen.join('\n')}`)))
      }),
    async stop() {
      const began = performance.now()
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      return { code: child.exitCode, ms: performance.now() - began }
    },
  }
}
