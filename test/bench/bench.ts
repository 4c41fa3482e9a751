import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { arrivalFigures, measureArrival } from './arrival-bench.ts'
import { arrivalCosts } from './arrival-costs.ts'
import { withBlock } from './blocks.ts'
import { type Figure, isMet, table } from './figures.ts'
import { ledgerFigures } from './ledger-bench.ts'
import { planFigures } from './plan-bench.ts'
import { memoryFigures, startFigures } from './process-bench.ts'
import { scrapeFigures } from './scrape-bench.ts'
import { statusPageFigures } from './status-pages.ts'

/*
 * `npm run bench [part …]`: measures, prints a table and writes .cache/bench.json. With `--write` the table goes
 * into CONTRIBUTING.md too, but for that of arrival, which goes with its costs into deploy/arrival.md. The bundle must
 * be built; nothing else should run meanwhile.
 */

const parts: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  start: startFigures,
  ledger: ledgerFigures,
  'scrape-100': () => scrapeFigures(100),
  'scrape-1000': () => scrapeFigures(1_000),
  'scrape-10000': () => scrapeFigures(10_000),
  'scrape-50000': () => scrapeFigures(50_000),
  'pages-10': () => statusPageFigures(10),
  'pages-1000': () => statusPageFigures(1_000),
  'pages-10000': () => statusPageFigures(10_000),
  arrival: arrivalPart,
  memory: memoryFigures,
  'plan-200': () => planFigures(200),
  'plan-1000': () => planFigures(1_000),
}

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const writes = process.argv.includes('--write')
const figures: Figure[] = []
let arrival: readonly Figure[] = []
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.some((part) => name === part || name.startsWith(`${part}-`))) continue
  process.stderr.write(`${name} …\n`)
  figures.push(...(await measure()))
}
const text = `${table(figures)}\n\n${where()}.`
process.stdout.write(`${text}\n`)
mkdirSync('.cache', { recursive: true })
writeFileSync(
  '.cache/bench.json',
  `${JSON.stringify({ where: where(), figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })) }, null, 2)}\n`,
)
const inContributing = figures.filter((figure) => !arrival.includes(figure))
if (writes && inContributing.length > 0)
  writeInto('CONTRIBUTING.md', 'bench', `${table(inContributing)}\n\n${where()}.`)

async function arrivalPart(): Promise<readonly Figure[]> {
  const measured = await measureArrival()
  if (writes) writeInto('deploy/arrival.md', 'costs', arrivalCosts(measured, where()))
  arrival = arrivalFigures(measured)
  return arrival
}

function writeInto(path: string, name: string, text: string): void {
  writeFileSync(path, withBlock(readFileSync(path, 'utf8'), name, text))
}

/** The machine, the day, and what else it had to do. */
function where(): string {
  const day = new Date().toISOString().slice(0, 10)
  const load = (loadavg()[0] ?? 0).toFixed(1)
  return `Node.js ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${day}, load average ${load}`
}
