/* What JSON holds, told from its bytes alone: what is beyond would end in the parser's memory, or ours. */

/** Nothing that Cloudflare describes comes near it. */
const maxDepth = 64

/** Real answers have an object or a list for every 80 bytes and more; an empty one takes 3, and 50 in memory. */
const bytesPerPart = 64

const quote = 0x22
const backslash = 0x5c
/** 1 opens, 2 closes a list or an object. */
const brackets = new Uint8Array(256)
for (const letter of '[{') brackets[letter.charCodeAt(0)] = 1
for (const letter of ']}') brackets[letter.charCodeAt(0)] = 2

/** For an answer of at most `maxBytes`. Bytes of other characters never look like these in UTF-8. */
export function createShapeCheck(maxBytes: number) {
  const maxParts = Math.ceil(maxBytes / bytesPerPart)
  let depth = 0
  let parts = 0
  let inText = false
  let isEscaped = false
  return {
    /** Takes the next piece; why the answer should not be parsed, or null so far. */
    take(piece: Uint8Array): string | null {
      // By index: for each byte of up to 32 MB, an iterator would cost as much again as parsing.
      for (let index = 0; index < piece.length; index += 1) {
        const byte = piece[index] ?? 0
        if (isEscaped) isEscaped = false
        else if (byte === quote) inText = !inText
        else if (inText) isEscaped = byte === backslash
        else if (brackets[byte] === 1) {
          depth += 1
          parts += 1
          if (depth > maxDepth) return `is nested more than ${maxDepth} levels deep`
        } else if (brackets[byte] === 2) depth -= 1
      }
      return parts > maxParts ? `has more than ${maxParts} objects and lists` : null
    },
  }
}
