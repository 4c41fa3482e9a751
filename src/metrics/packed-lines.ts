/*
 * The sample lines of one metric with what begins each of them left out: two thirds of the text are the metric's name
 * and the labels that identify a job, over and over.
 */

/** Stands for the beginning of a line; what follows belongs to the next view. Metrics hardly ever hold either. */
const [beginning, nextView] = ['\u0001', '\u0002']
/** Before lines that hold one of those: they are kept as they are. */
const asItIs = '\u0003'

/** What the lines of each view begin with, before its own labels: made by `labelText`. */
export type Identities = readonly string[]

/** `lines`: those of each view, in the order of `identities`. */
export function packLines(name: string, identities: Identities, lines: readonly string[]): string {
  const whole = lines.join('')
  if (whole === '') return ''
  if (whole.includes(beginning) || whole.includes(nextView) || whole.startsWith(asItIs)) return asItIs + whole
  return lines.map((own, index) => own.replaceAll(headOf(name, identities[index]), beginning)).join(nextView)
}

/** The lines as they were, one after the other. */
export function unpackLines(name: string, identities: Identities, packed: string): string {
  if (packed === '') return ''
  if (packed.startsWith(asItIs)) return packed.slice(1)
  let text = ''
  let index = 0
  for (let start = 0; start <= packed.length; index += 1) {
    const next = packed.indexOf(nextView, start)
    const end = next < 0 ? packed.length : next
    if (end > start) text += unpackView(headOf(name, identities[index]), packed.slice(start, end))
    start = end + 1
  }
  return text
}

function unpackView(head: string, packed: string): string {
  // Most views have one line of a metric.
  if (packed.startsWith(beginning) && packed.indexOf(beginning, 1) < 0) return head + packed.slice(1)
  return packed.split(beginning).join(head)
}

/** A value cannot hold it: a quotation mark in one is written with a backslash. */
function headOf(name: string, identity = ''): string {
  return `${name}{${identity}`
}
