import { sampleValue, scrape } from '../support/scrape.ts'
import { type Figure, percentile } from './figures.ts'

const seconds = 90
const probeEveryMs = 20
const scrapeEveryMs = 15_000

/**
 * How long the exporter behind this address keeps a request waiting while it polls and is scraped: the longest delays of
 * its event loop, by Node's own histogram, which begins anew at each scrape; and answers to probes.
 */
export async function loopFigures(url: string): Promise<readonly Figure[]> {
  const [delays, answers]: [number[], number[]] = [[], []]
  await scrape(`${url}/metrics`)
  const end = performance.now() + seconds * 1000
  let scraped = performance.now()
  while (performance.now() < end) {
    const asked = performance.now()
    await (await fetch(`${url}/-/healthy`)).text()
    answers.push(performance.now() - asked)
    if (performance.now() - scraped >= scrapeEveryMs) {
      scraped = performance.now()
      const longest = sampleValue(await scrape(`${url}/metrics`), 'nodejs_eventloop_lag_max_seconds', {})
      delays.push(1000 * (longest ?? Number.NaN))
    }
    await new Promise((resolve) => setTimeout(resolve, probeEveryMs))
  }
  return [
    {
      what: 'longest event-loop delay in 15 s at 10,000 jobs, median',
      value: percentile(delays, 50),
      unit: 'ms',
    },
    {
      what: 'longest event-loop delay in 90 s at 10,000 jobs',
      value: Math.max(...delays),
      unit: 'ms',
      bar: { most: 50, why: 'below 50 ms' },
    },
    { what: '/-/healthy at 10,000 jobs, p99', value: percentile(answers, 99), unit: 'ms' },
    {
      what: '/-/healthy at 10,000 jobs, slowest',
      value: Math.max(...answers),
      unit: 'ms',
      bar: { most: 100, why: 'below 100 ms' },
    },
  ]
}
