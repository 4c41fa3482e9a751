/* Parts of documents that a program writes: between two comments, so that the rest stays as it is. */

/** The document with `text` between `<!-- NAME:begin -->` and `<!-- NAME:end -->`. @throws Error without the two. */
export function withBlock(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
  const [from, to] = [document.indexOf(begin), document.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the document has no ${begin} … ${end}`)
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`
}
