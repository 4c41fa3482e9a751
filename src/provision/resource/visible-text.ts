/** Characters that could move a cursor or hide text are shown as a box: live names come from anybody. */
export function visibleText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u25A1')
}
