import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'

/** A program that runs as long as we do, or shorter. */
export interface ChildProgram {
  /** Resolves when it has ended, to the last lines of its complaints. Never rejects. */
  readonly ended: Promise<string>
  /** Asks it to end, waits, and ends it by force if it takes too long. */
  stop(): Promise<void>
}

/** Starts a program by its path; how it fails is told by its end. */
export type StartProgram = (command: string, args: readonly string[]) => ChildProgram

const graceMs = 5_000
const keptCharacters = 2_000

export const startProgram: StartProgram = (command, args) => {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let lastWords = ''
  child.stderr.on('data', (part: Buffer) => {
    lastWords = (lastWords + part.toString('utf8')).slice(-keptCharacters)
  })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', () => resolve(lastWords.trim()))
  })
  // However this process ends, nothing stays behind.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  void ended.then(() => process.off('exit', kill))
  return {
    ended,
    async stop() {
      child.kill('SIGTERM')
      const force = setTimeout(kill, graceMs)
      await ended
      clearTimeout(force)
    },
  }
}

/** The path of the first of the programs that is installed; null when none is. */
export function findProgram(names: readonly string[], searchPath: string | undefined): string | null {
  for (const name of names) {
    for (const folder of (searchPath ?? '').split(delimiter)) {
      const path = join(folder, name)
      if (folder !== '' && isExecutable(path)) return path
    }
  }
  return null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Ports of loopback that nobody uses now, each another. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports: number[] = []
  for (const server of servers) {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    const address = server.address()
    if (typeof address === 'object' && address !== null) ports.push(address.port)
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
