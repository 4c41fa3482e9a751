import { createServer, type Socket } from 'node:net'

/** A statement as it arrived, with the values of its parameters as text. */
export interface Asked {
  readonly text: string
  readonly values: readonly (string | null)[]
}

type Row = Readonly<Record<string, string | number>>

/** Rows, an error with its SQLSTATE, or no answer at all. */
export type Answer = readonly Row[] | { readonly code: string; readonly message: string } | 'silence'

export interface FakePostgres {
  readonly address: string
  readonly asked: readonly Asked[]
  /** What each connection said of itself at its start. */
  readonly startups: readonly Readonly<Record<string, string>>[]
  /** How many connections are open. */
  readonly open: () => number
  /** Cuts all connections. */
  cut(): void
  close(): Promise<void>
}

/**
 * A server that speaks as much of PostgreSQL's protocol as `pg` needs, without a password, and answers as it is told.
 * `deaf`: it does not end a connection that its client has ended; `mute`: it lets nobody in.
 */
export async function fakePostgres(
  answer: (asked: Asked) => Answer,
  { deaf = false, mute = false } = {},
): Promise<FakePostgres> {
  const asked: Asked[] = []
  const startups: Record<string, string>[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: deaf }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let rest = Buffer.alloc(0)
    let [started, text]: [boolean, string] = [false, '']
    let values: Asked['values'] = []
    const reply = (prefix: readonly Buffer[]): void => {
      const one = { text, values }
      asked.push(one)
      const said = answer(one)
      if (said !== 'silence') socket.write(Buffer.concat([...prefix, ...results(text, said), ready]))
    }
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      for (;;) {
        // The first message has no type.
        const at = started ? 1 : 0
        if (rest.length < at + 4 || rest.length < at + rest.readInt32BE(at)) return
        const type = started ? rest.toString('latin1', 0, 1) : 'startup'
        const body = rest.subarray(at + 4, at + rest.readInt32BE(at))
        rest = rest.subarray(at + rest.readInt32BE(at))
        switch (type) {
          case 'startup': {
            const words = body.toString('utf8', 4).split('\0')
            const pairs = words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] ?? '']] : []))
            startups.push(Object.fromEntries(pairs))
            started = true
            if (!mute) socket.write(Buffer.concat([message('R', int32(0)), ready]))
            break
          }
          case 'Q':
            text = body.toString('utf8', 0, body.length - 1)
            values = []
            reply([])
            break
          case 'P':
            text = body.toString('utf8').split('\0')[1] ?? ''
            break
          case 'B':
            values = parameters(body)
            break
          case 'S':
            reply([message('1'), message('2')])
            break
        }
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    address: `postgresql://exporter@127.0.0.1:${port}/ledger`,
    asked,
    startups,
    open: () => sockets.size,
    cut,
    close() {
      cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`)

const ready = message('Z', Buffer.from('I'))
const int4 = 23
const textType = 25

/** Several statements at once have a result each; all are empty. */
function results(statements: string, said: Exclude<Answer, 'silence'>): readonly Buffer[] {
  if ('code' in said) {
    const fields = [text('SERROR'), text(`C${said.code}`), text(`M${said.message}`), Buffer.from('\0')]
    return [message('E', ...fields)]
  }
  const count = statements.split(';').filter((one) => one.trim() !== '').length
  if (count > 1) return Array.from({ length: count }, () => message('C', text('OK')))
  const [first] = said
  if (first === undefined) return [message('n'), message('C', text('SELECT 0'))]
  const columns = Object.entries(first).map(([name, value]) =>
    Buffer.concat([
      text(name),
      int32(0),
      int16(0),
      int32(typeof value === 'number' ? int4 : textType),
      int16(-1),
      int32(-1),
      int16(0),
    ]),
  )
  const rows = said.map((row) => {
    const cells = Object.values(row).map((value) => Buffer.from(String(value)))
    return message('D', int16(cells.length), ...cells.flatMap((cell) => [int32(cell.length), cell]))
  })
  return [message('T', int16(columns.length), ...columns), ...rows, message('C', text('SELECT'))]
}

/** The values of a Bind message: after two names, the formats, then each value with its length. */
function parameters(body: Buffer): Asked['values'] {
  let at = body.indexOf(0, body.indexOf(0) + 1) + 1
  at += 2 + 2 * body.readInt16BE(at)
  const count = body.readInt16BE(at)
  at += 2
  return Array.from({ length: count }, () => {
    const length = body.readInt32BE(at)
    const value = length < 0 ? null : body.toString('utf8', at + 4, at + 4 + length)
    at += 4 + Math.max(0, length)
    return value
  })
}
