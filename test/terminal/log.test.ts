import t from 'tap'
import { startSimulator } from '../../src/simulator/server.ts'
import { ctrlC, inTerminal, nodes } from '../support/in-terminal.ts'

/* The built program in a terminal, on every Node that is there: its log is pretty and short. */

for (const node of nodes) {
  t.test(`serve logs readable lines in a terminal (${node})`, async (t) => {
    const simulator = await startSimulator({ world: 'demo', seed: 1 })
    t.teardown(() => simulator.close())
    const { code, lines, raw } = await inTerminal({
      node,
      columns: 200,
      args: [
        'serve',
        '--web.listen-address=127.0.0.1:0',
        '--state.path=:memory:',
        `--cloudflare.base-url=${simulator.url}`,
      ],
      env: { CLOUDFLARE_API_TOKEN: simulator.token },
      typed: [{ after: 'is failing', keys: ctrlC }],
    })
    t.equal(code, 0)
    t.match(lines[0], /^\[\d\d:\d\d:\d\dZ\] INFO: listening address=127\.0\.0\.1:\d+ version=\d/)
    t.match(raw, '\u001b[33mWARN\u001b[39m', 'in colour')
    t.match(lines.join('\n'), 'INFO: shutting down')
    t.equal(lines.at(-1), '')
  })

  t.test(`the demo logs warnings only, unless it is told otherwise (${node})`, async (t) => {
    const args = ['demo', '--listen=127.0.0.1:0']
    const typed = [{ after: 'Ctrl-C', keys: ctrlC }]
    const quiet = await inTerminal({ node, columns: 200, args, typed })
    t.notMatch(quiet.lines.join('\n'), ' INFO: ')
    const told = await inTerminal({ node, columns: 200, args: [...args, '--log.level=info'], typed })
    t.match(told.lines.join('\n'), ' INFO: shutting down')
    t.strictSame([quiet.code, told.code], [0, 0])
  })
}
