import t from 'tap'
import { nodes } from '../support/in-terminal.ts'
import { everyCommand } from '../support/terminal-session.ts'

/* Every command in a terminal as narrow as half a screen. Other widths: commands.long.ts. */

t.setTimeout(240_000)

for (const node of nodes) t.test(node, (t) => everyCommand(t, node, [40]))
