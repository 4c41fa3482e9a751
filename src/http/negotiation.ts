import type { ExpositionFormat } from '../metrics/exposition-text.ts'

/* What a client accepts, by the rules of HTTP: the most specific range that matches a format gives its quality. */

interface AcceptRange {
  readonly type: string
  readonly version: string | null
  readonly quality: number
  readonly order: number
}

const offers = {
  openmetrics: { type: 'application/openmetrics-text', group: 'application/*', version: '1.0.0' },
  text: { type: 'text/plain', group: 'text/*', version: '0.0.4' },
} as const

/** The format to answer with. Text when nothing offered is acceptable: a scraper that asks oddly is still served. */
export function chooseFormat(accept: string | undefined): ExpositionFormat {
  const ranges = parseAccept(accept ?? '')
  const text = bestRange(ranges, 'text')
  const openmetrics = bestRange(ranges, 'openmetrics')
  if (openmetrics === null || openmetrics.quality === 0) return 'text'
  if (text === null || openmetrics.quality > text.quality) return 'openmetrics'
  const sooner = openmetrics.quality === text.quality && openmetrics.order < text.order
  return sooner ? 'openmetrics' : 'text'
}

/** Whether to compress: only when the client named gzip (or anything), and did not prefer plain bytes. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const codings = parseAccept(acceptEncoding ?? '')
  const quality = (...names: readonly string[]) => codings.find(({ type }) => names.includes(type))?.quality
  const gzip = quality('gzip', 'x-gzip') ?? quality('*') ?? 0
  return gzip > 0 && gzip >= (quality('identity') ?? 0)
}

function bestRange(ranges: readonly AcceptRange[], format: ExpositionFormat): AcceptRange | null {
  const offer = offers[format]
  const specificity = ({ type, version }: AcceptRange): number => {
    if (type === offer.type) return version === null ? 3 : version === offer.version ? 4 : 0
    return type === offer.group ? 2 : type === '*/*' ? 1 : 0
  }
  let best: AcceptRange | null = null
  for (const range of ranges) {
    const fits = specificity(range)
    if (fits > (best === null ? 0 : specificity(best))) best = range
  }
  return best
}

function parseAccept(header: string): readonly AcceptRange[] {
  return header
    .split(',')
    .map((part, order) => {
      const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase())
      const parameter = (name: string) =>
        parameters
          .find((one) => one.startsWith(`${name}=`))
          ?.slice(name.length + 1)
          .replace(/^"(.*)"$/, '$1') ?? null
      return { type, version: parameter('version'), quality: qualityOf(parameter('q')), order }
    })
    .filter(({ type }) => type !== '')
}

/** A quality that cannot be read counts as none given. */
function qualityOf(text: string | null): number {
  return text !== null && /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : 1
}
