import { spawn } from 'node:child_process'
import { withSection } from '../../.build/generated/readme-tables.ts'
import { demoWorld } from '../../src/simulator/world/demo-world.ts'
import { startDemoExporter } from './demo-exporter.ts'

/* What the README shows of the demo, from the demo's own world. */

/** When the README's demo began; the world's history depends on it. */
export const demoStart = Date.UTC(2026, 10, 24, 1, 12)

const bundle = new URL('../../dist/main.js', import.meta.url).pathname

/** The README with what the demo prints and the losses that its metrics show; `text` is the README as it is. */
export async function readmeWithDemo(text: string): Promise<string> {
  const [printed, losses] = await Promise.all([demoPrints(), demoLosses()])
  return withSection(withSection(text, 'demo', fenced(printed)), 'losses', fenced(losses))
}

const fenced = (text: string): string => `\`\`\`\n${text}\n\`\`\``

/** What the built demo prints up to its last line, with the port that it has by default and fixed ones. */
export async function demoPrints(): Promise<string> {
  const child = spawn(process.execPath, [bundle, 'demo', '--listen=127.0.0.1:0', '--log.level=error'], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let printed = ''
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the demo ended: ${printed}`)))
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      printed += part
      if (/Ctrl-C.*\n/.test(printed)) resolve()
    })
  })
  // It takes its folder with it.
  child.kill('SIGTERM')
  await ended
  const ports = [...new Set([...printed.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port = '']) => port))]
  return ports
    .reduce(
      (text, port, at) =>
        text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${at === 0 ? 10_199 : 40_000 + at}`),
      printed,
    )
    .trimEnd()
}

/** What the README's `grep` finds three quarters of a minute after the demo has begun, on a clock that stands. */
async function demoLosses(): Promise<string> {
  const often = { healthPollIntervalMs: 5_000, inventoryPollIntervalMs: 5_000 }
  const demo = await startDemoExporter(demoWorld(1), demoStart, often)
  try {
    await demo.advance(0.75)
    const metrics = await (await fetch(`${demo.url}/metrics`)).text()
    return metrics
      .split('\n')
      .filter((line) => /batches_failed_total\{.*\} [1-9]/.test(line))
      .join('\n')
  } finally {
    await demo.close()
  }
}
