import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { arrivalFigures } from './arrival-bench.ts'
import { type Figure, isMet, table } from './figures.ts'
import { ledgerFigures } from './ledger-bench.ts'
import { planFigures } from './plan-bench.ts'
import { memoryFigures, startFigures } from './process-bench.ts'
import { scrapeFigures } from './scrape-bench.ts'
import { statusPageFigures } from './status-pages.ts'

/*
 * `npm run bench [part …]`: measures, prints a table and writes .cache/bench.json. With `--write` the table goes
 * into CONTRIBUTING.md too. The bundle must be built; nothing else should run meanwhile.
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
  arrival: arrivalFigures,
  memory: memoryFigures,
  'plan-200': () => planFigures(200),
  'plan-1000': () => planFigures(1_000),
}

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const figures: Figure[] = []
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.some((part) => name === part || name.startsWith(`${part}-`))) continue
  process.stderr.write(`${name} …\n`)
  figures.push(...(await measure()))
}
const where = `Node.js ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${new Date().toISOString().slice(0, 10)}, load average ${(loadavg()[0] ?? 0).toFixed(1)}`
const text = `${table(figures)}\n\n${where}.`
process.stdout.write(`${text}\n`)
mkdirSync('.cache', { recursive: true })
writeFileSync(
  '.cache/bench.json',
  `${JSON.stringify({ where, figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })) }, null, 2)}\n`,
)
if (process.argv.includes('--write')) {
  const [begin, end] = ['<!-- bench:begin -->', '<!-- bench:end -->']
  const document = readFileSync('CONTRIBUTING.md', 'utf8')
  const from = document.indexOf(begin) + begin.length
  writeFileSync(
    'CONTRIBUTING.md',
    `${document.slice(0, from)}\n${text}\n${document.slice(document.indexOf(end))}`,
  )
}
