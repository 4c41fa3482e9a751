/**
 * A 53-bit hash of a text, for telling the few hundred files of one window apart without keeping their names. Two
 * FNV-1a sums with different beginnings; not for anything that an attacker may choose.
 */
export function keyHash(text: string): string {
  let [a, b] = [0x811c9dc5, 0x1b873593]
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x85ebca6b)
    b ^= b >>> 13
  }
  return ((b >>> 11) * 0x1_0000_0000 + (a >>> 0)).toString(36)
}
