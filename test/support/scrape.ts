/** One sample of a scrape. */
export interface ScrapedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Reads the text format, strictly: a line that is none of a sample, a comment or empty is an error. */
export function parseScrape(text: string): readonly ScrapedSample[] {
  return text.split('\n').flatMap((line) => {
    if (line === '' || line.startsWith('#')) return []
    const match = /^([a-z_][a-z0-9_]*)(?:\{([\s\S]*)\})? (\S+)$/i.exec(line)
    if (match === null) throw new Error(`not a sample: ${line}`)
    const [, name = '', labels = '', value = ''] = match
    if (!labelList.test(labels)) throw new Error(`not a list of labels: ${line}`)
    return [{ name, labels: parseLabels(labels), value: toNumber(value) }]
  })
}

/** The value of one series; undefined when the scrape does not have it. Labels not named do not matter. */
export function sampleValue(
  samples: readonly ScrapedSample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )
  if (found.length > 1) throw new Error(`${name} ${JSON.stringify(labels)} names ${found.length} series`)
  return found[0]?.value
}

export async function scrape(url: string): Promise<readonly ScrapedSample[]> {
  return parseScrape(await (await fetch(url)).text())
}

const label = /([a-z_][a-z0-9_]*)="((?:[^"\\]|\\[\s\S])*)"/gi
const labelList = new RegExp(`^(?:${label.source}(?:,(?!$)|$))*$`, 'i')

function parseLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {}
  for (const [, key = '', value = ''] of text.matchAll(label)) {
    labels[key] = value.replace(/\\([\s\S])/g, (_, mark: string) => (mark === 'n' ? '\n' : mark))
  }
  return labels
}

function toNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  if (text === '-Inf') return Number.NEGATIVE_INFINITY
  return Number(text)
}
