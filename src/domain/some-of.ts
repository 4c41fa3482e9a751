/** The first so many of some texts, and how many more there are: `a, b and 3 more`. */
export function someOf(texts: readonly string[], max: number): string {
  const named = texts.slice(0, max).join(', ')
  return texts.length > max ? `${named} and ${texts.length - max} more` : named
}
