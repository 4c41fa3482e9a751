/** Columns of a terminal that does not say how many it has: pseudo-terminals of pipelines often say 0. */
const usualColumns = 80

export function columnsOf(stream: object): number {
  const columns = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 0
  return columns === 0 ? usualColumns : columns
}
