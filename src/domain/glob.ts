/**
 * Whether a whole text is what a glob describes: `*` stands for any characters, `?` for one. Case does not count.
 * Takes at most the product of the lengths, whatever the glob.
 */
export function matchesGlob(glob: string, text: string): boolean {
  const pattern = glob.toLowerCase()
  const subject = text.toLowerCase()
  let at = 0
  let position = 0
  /** The last star, and how much of the text it was last taken for. */
  let star = -1
  let taken = 0
  while (position < subject.length) {
    if (pattern[at] === '*') {
      star = at
      taken = position
      at += 1
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === subject[position])) {
      at += 1
      position += 1
    } else if (star >= 0) {
      taken += 1
      position = taken
      at = star + 1
    } else return false
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}

export function isGlob(text: string): boolean {
  return /[*?]/.test(text)
}
