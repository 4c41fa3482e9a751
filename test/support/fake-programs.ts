import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename } from 'node:path'
import type { StartProgram } from '../../src/runtime/child-program.ts'

export interface FakeProgram {
  /** The file name of what was started. */
  readonly name: string
  readonly args: readonly string[]
  /** What its configuration file held when it was started. */
  readonly config: string
  /** The value of the first flag that begins like this. */
  flag(name: string): string
  /** Ends by itself. */
  end(lastWords: string): void
  readonly stopped: boolean
}

export interface FakePrograms {
  readonly start: StartProgram
  readonly started: readonly FakeProgram[]
}

/**
 * Stands for Prometheus and Alertmanager: each listens where its flags say, unless its start ends it. `status` is what
 * it answers to the question whether it is ready, asked for the first time with 1.
 */
export function fakePrograms(
  status: (name: string, asked: number) => number = () => 200,
  onStart: (program: FakeProgram) => void = () => {},
): FakePrograms {
  const started: FakeProgram[] = []
  return {
    started,
    start(command, args) {
      const name = basename(command)
      const flag = (wanted: string) =>
        args.find((one) => one.startsWith(`${wanted}=`))?.slice(wanted.length + 1) ?? ''
      let asked = 0
      let stopped = false
      let isOver = false
      let end: (lastWords: string) => void = () => {}
      const server = createServer((request, response) => {
        asked += 1
        response.writeHead(request.url === '/-/ready' ? status(name, asked) : 404).end(name)
      })
      const ended = new Promise<string>((resolve) => {
        end = (lastWords) => {
          isOver = true
          server.closeAllConnections()
          server.close(() => resolve(lastWords))
        }
      })
      const program: FakeProgram = {
        name,
        args,
        config: readFileSync(flag('--config.file'), 'utf8'),
        flag,
        end,
        get stopped() {
          return stopped
        },
      }
      started.push(program)
      onStart(program)
      const { hostname, port } = new URL(`http://${flag('--web.listen-address')}`)
      if (!isOver) server.listen(Number(port), hostname)
      return {
        ended,
        async stop() {
          stopped = true
          end('')
          await ended
        },
      }
    },
  }
}
