import { readdirSync, readFileSync } from 'node:fs'

/** The processes below one, children first, as Linux tells them; none on a system without `/proc`. */
export function descendants(pid) {
  const parents = new Map()
  for (const name of readable(() => readdirSync('/proc')) ?? []) {
    if (!/^\d+$/.test(name)) continue
    // "pid (name) state parent …": the name may hold spaces and parentheses.
    const stat = readable(() => readFileSync(`/proc/${name}/stat`, 'utf8'))
    const parent = stat === null ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
    if (parent !== undefined) parents.set(Number(name), Number(parent))
  }
  const below = (above) =>
    [...parents].filter(([, parent]) => parent === above).flatMap(([child]) => [child, ...below(child)])
  return below(pid)
}

/** Ends all that a test run has started: a test that is killed takes down nothing by itself. */
export function endDescendants(pid = process.pid) {
  for (const one of descendants(pid)) readable(() => process.kill(one, 'SIGKILL'))
}

/** A process can be gone, or another's, at any moment. */
function readable(act) {
  try {
    return act()
  } catch {
    return null
  }
}
