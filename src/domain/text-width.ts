/* How much room a text takes on a terminal. */

/** Characters that take two columns: East Asian ones, and symbols drawn as pictures. */
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u

/** Characters that take none: they change the one before them. */
const narrow = /[\p{Mn}\p{Me}\p{Cf}]/u

function widthOf(character: string): number {
  if (narrow.test(character)) return 0
  return wide.test(character) ? 2 : 1
}

/** Columns that a text without control characters takes. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += widthOf(character)
  return width
}

/** The text itself, or as much of its beginning as fits with an ellipsis. */
export function cutToWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const character of text) {
    width += widthOf(character)
    if (width > columns - 1) break
    kept += character
  }
  return `${kept}…`
}

/** The text, filled up with spaces. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)))
}
