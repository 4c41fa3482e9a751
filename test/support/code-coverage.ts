import { Session } from 'node:inspector/promises'

/** Tells which code ran, so that inputs which reach something new can be told from the others. */
export interface CodeCoverage {
  /** The stretches of `src` that ran since the last call, each with how often, roughly. */
  ran(): Promise<ReadonlySet<string>>
  end(): Promise<void>
}

/** By V8's own counters, which need no instrumented code. One at a time in a process, and none beside `NODE_V8_COVERAGE`. */
export async function startCoverage(): Promise<CodeCoverage> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  return {
    async ran() {
      const { result } = await session.post('Profiler.takePreciseCoverage')
      const found = new Set<string>()
      for (const { scriptId, url, functions } of result) {
        if (!url.includes('/src/') || url.includes('/node_modules/')) continue
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0) found.add(`${scriptId}:${startOffset}-${endOffset}:${magnitude(count)}`)
      }
      return found
    },
    async end() {
      await session.post('Profiler.disable')
      session.disconnect()
    },
  }
}

/** Once, some times, often, very often: more of the same is nothing new. */
function magnitude(count: number): number {
  return Math.min(4, Math.floor(Math.log10(count)))
}
