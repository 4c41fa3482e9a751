import t from 'tap'
import { nodes } from '../support/in-terminal.ts'
import { everyCommand } from '../support/terminal-session.ts'

/* Every command in terminals of all widths, one that does not know its own included. */

t.setTimeout(1_200_000)

for (const node of nodes) t.test(node, (t) => everyCommand(t, node, [0, 40, 80, 200]))
