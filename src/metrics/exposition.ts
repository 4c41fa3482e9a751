/*
 * What a scrape answers: the bytes of all metrics, from memory. Scopes are rendered when they change, in small
 * pieces between other work, so that a scrape finds nearly everything ready.
 */
import type { ScopeKey } from '../domain/scope.ts'
import type { ScopeState } from '../exporter/state/scope-state.ts'
import { ownDefinitions, scopeDefinitions } from './definitions.ts'
import { type ExpositionFormat, openMetricsEnd, renderHeader } from './exposition-text.ts'
import { type DeflatedPart, deflatePart, gzipOf, nothingDeflated } from './gzip-parts.ts'
import type { SampleRules } from './job-view.ts'
import type { MetricDefinition } from './metric.ts'
import type { NodeMetrics } from './node-metrics.ts'
import { createScopeSegments, linesIn, type Segment } from './scope-segments.ts'

/** Rendered metrics. */
export interface Exposition {
  /** Exactly as it is to be sent: scrapers of Prometheus 3 and later reject others. */
  readonly contentType: string
  /** In pieces when it is large, together `bytes` long: they are sent one by one, as fast as the reader reads. */
  readonly body: Iterable<Buffer>
  readonly bytes: number
}

export interface ExpositionDeps {
  readonly scopes: () => ReadonlyMap<ScopeKey, ScopeState>
  readonly rules: () => SampleRules
  /** The lines of `ownDefinitions` by metric name, asked for on each scrape. */
  readonly own: () => readonly ReadonlyMap<string, string>[]
  readonly node: NodeMetrics
  /** Runs a piece of work soon, after what is waiting. */
  readonly defer: (work: () => void) => void
}

/** Text is encoded in pieces of about this length: thousands of small writes would cost more. */
const chunkLength = 128 * 1024

const contentTypes: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

export type ExpositionSource = ReturnType<typeof createExposition>

export function createExposition(deps: ExpositionDeps) {
  const segments = createScopeSegments(deps.rules)
  let scheduled = false
  /** Of the present state and rules. */
  const compressed = new Map<ExpositionFormat, Promise<DeflatedPart>>()

  const isShown = ({ only }: MetricDefinition): boolean => only === undefined || deps.rules().lablabs

  const headersOf = (format: ExpositionFormat): readonly string[] =>
    scopeDefinitions.map((definition) => (isShown(definition) ? renderHeader(definition, format) : ''))

  const ownPart = async (format: ExpositionFormat): Promise<Buffer> => {
    const parts = deps.own()
    let text = ''
    for (const definition of ownDefinitions) {
      text += renderHeader(definition, format)
      for (const lines of parts) text += lines.get(definition.name) ?? ''
    }
    return Buffer.from(
      text + (await deps.node.render(format)) + (format === 'openmetrics' ? openMetricsEnd : ''),
    )
  }

  /** Renders what there is to render in pieces, so that nothing waits for all of it. */
  const prepared = async (): Promise<void> => {
    while (segments.prepareSome(deps.scopes())) await new Promise<void>((resolve) => deps.defer(resolve))
  }

  const compressedScopes = (format: ExpositionFormat): Promise<DeflatedPart> => {
    const known = compressed.get(format)
    if (known !== undefined) return known
    const part = deflatePart(
      nothingDeflated,
      scopePart(segments.take(deps.scopes()), headersOf(format)),
      false,
    )
    compressed.set(format, part)
    return part
  }

  const renderPiece = (): void => {
    scheduled = false
    if (segments.prepareSome(deps.scopes())) schedule()
    else segments.keep(deps.scopes())
  }
  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    deps.defer(renderPiece)
  }

  return {
    async exposition(format: ExpositionFormat, gzip: boolean): Promise<Exposition> {
      await prepared()
      if (!gzip) {
        const own = await ownPart(format)
        // Taken now: the state may change while a slow reader is still being written to.
        const taken = segments.take(deps.scopes())
        const headers = headersOf(format)
        const bytes = taken.reduce((sum, segment) => sum + segment.bytes, Buffer.byteLength(headers.join('')))
        const body = joined(scopePart(taken, headers), own)
        return { contentType: contentTypes[format], body, bytes: bytes + own.length }
      }
      const scopes = await compressedScopes(format)
      const own = await deflatePart(scopes, [await ownPart(format)], true)
      const body = gzipOf([scopes, own])
      return { contentType: contentTypes[format], body, bytes: sizeOf(body) }
    },
    /** To be called on each change of state: renders in the background. */
    changed(): void {
      compressed.clear()
      schedule()
    },
    /** To be called when the rules have changed. */
    rulesChanged(): void {
      segments.clear()
      compressed.clear()
      schedule()
    },
  }
}

function sizeOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}

/** All metrics of scopes in order, each with its header before it; put together only as they are read. */
function* scopePart(taken: readonly Segment[], headers: readonly string[]): Iterable<Buffer> {
  let text = ''
  for (const [index, { name }] of scopeDefinitions.entries()) {
    text += headers[index] ?? ''
    for (const segment of taken) {
      text += linesIn(segment, name, index)
      if (text.length < chunkLength) continue
      yield Buffer.from(text)
      text = ''
    }
  }
  if (text !== '') yield Buffer.from(text)
}

function* joined(first: Iterable<Buffer>, last: Buffer): Iterable<Buffer> {
  yield* first
  yield last
}
