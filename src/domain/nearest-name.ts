/*
 * "Did you mean …?": the known name that a wrong one was most likely meant to be.
 * Says nothing rather than something far-fetched.
 */

/** The nearest of `known`, or null when none is near. Case, dots, dashes and underscores hardly count. */
export function nearestName(wrong: string, known: Iterable<string>): string | null {
  const given = plain(wrong)
  if (given === '') return null
  let best: { readonly name: string; readonly distance: number } | null = null
  for (const name of known) {
    const distance = nameDistance(given, plain(name))
    if (distance !== null && (best === null || distance < best.distance)) best = { name, distance }
  }
  return best?.name ?? null
}

/** How far apart two plain names are; null when one is not a likely slip for the other. */
function nameDistance(given: string, name: string): number | null {
  if (given === name) return 0
  // A name without its section (`listen-address` for `web.listen-address`) or cut short is the commonest slip
  // of all; among several such names the shortest is nearest.
  if (given.length >= 4 && (name.endsWith(given) || name.startsWith(given))) return 0.5 + name.length / 1000
  const allowed = Math.min(5, Math.max(1, Math.round(Math.max(given.length, name.length) * 0.4)))
  if (Math.abs(given.length - name.length) > allowed) return null
  const distance = editDistance(given, name)
  return distance <= allowed ? distance : null
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.\s]/g, '')
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(
        (current[column - 1] ?? 0) + 1,
        (last[column] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      // Before the first letter there is nothing, which no letter equals.
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1)
      }
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? 0
}
