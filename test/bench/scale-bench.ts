import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { measureCell, type ScaleCell, type ScaleResult, scaleCells } from '../support/scale/scale-cells.ts'
import { peerFigures, peers } from '../support/scale/scale-peers.ts'
import { type Spread, scaleWorldFor, settledBySeconds } from '../support/scale/scale-run.ts'
import { withBlock } from './blocks.ts'

/*
 * `npm run scale [zones …]`: how the exporter scales, on a virtual clock, beside the best that the limits allow and
 * beside what other exporters' windows give. Results are kept in .cache/scale, a file for each cell, so that worlds of
 * one size can be run alone; `--write` puts all of them into deploy/README.md. The machine's load changes nothing.
 */

const folder = '.cache/scale'
const happenings = { losses: 200, newZones: 8, seconds: 3_600 }
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const fileOf = ({ zones, withJobs, mode }: ScaleCell): string =>
  join(folder, `${zones}-${withJobs * 100}-${mode}.json`)

mkdirSync(folder, { recursive: true })
for (const cell of scaleCells) {
  if (wanted.length > 0 && !wanted.includes(String(cell.zones))) continue
  const result = await measureCell(cell, happenings)
  writeFileSync(fileOf(cell), `${JSON.stringify(result)}\n`)
  const told = Object.entries(result.ratios).map(([what, ratio]) => `${what} ${ratio.toFixed(2)}`)
  process.stderr.write(`${cell.zones} ${cell.withJobs} ${cell.mode}: ${told.join(', ')}\n`)
}
const results = scaleCells
  .map(fileOf)
  .filter((file) => existsSync(file))
  .map((file): ScaleResult => JSON.parse(readFileSync(file, 'utf8')))

const seconds = (value: number): string =>
  value < 100 ? `${Math.round(value)} s` : value < 5_400 ? `${Math.round(value / 60)} min` : hours(value)
const hours = (value: number): string => `${(value / 3_600).toFixed(1)} h`
const both = ({ p50, p99 }: Spread): string => `${seconds(p50)} · ${seconds(p99)}`
const count = (value: number): string => Math.round(value).toLocaleString('en')

const own = [
  '| zones, with jobs | limit | age of health data, at best | measured | lost batch to metric | new zone to metric | queries, requests an hour | all read after a first start |',
  '|---|---|---|---|---|---|---|---|',
  ...results.map(({ cell, bound, figures }) =>
    [
      `| ${count(cell.zones)}, ${cell.withJobs * 100} %`,
      cell.mode,
      both({ p50: bound.cycleSeconds * 0.5, p99: bound.cycleSeconds * 0.99 }),
      both(figures.freshness),
      both(figures.detection),
      both(figures.discovery),
      `${count(figures.queriesPerHour)}, ${count(figures.requestsPerHour)}`,
      `${seconds(figures.firstReadSeconds)} |`,
    ].join(' | '),
  ),
]
const others = [
  `| zones | this exporter | ${peers.map(({ name }) => name).join(' | ')} |`,
  `|---|---|${peers.map(() => '---|').join('')}`,
  ...results
    .filter(({ cell }) => cell.mode === 'user' && cell.withJobs === 0.05)
    .map(({ cell, figures }) => {
      const world = scaleWorldFor(cell, cell.mode, happenings)
      const told = peers.map((peer) => {
        const { seen, detection, queriesPerMinute } = peerFigures(world, peer)
        const when = Number.isNaN(detection.p50) ? '' : `, after ${both(detection)}`
        return `${Math.round(100 * seen)} %${when}; ${count(queriesPerMinute)} queries a minute`
      })
      const share = Math.round((100 * figures.lossesSeen) / figures.losses)
      const ours = `${share} %, after ${both(figures.detection)}; ${count(figures.queriesPerHour / 60)} queries a minute`
      return `| ${count(cell.zones)} | ${[ours, ...told].join(' | ')} |`
    }),
]
/** Who has not read everything when it begins shows that in its figures. */
const isSettled = ({ bound, figures }: ScaleResult): boolean =>
  figures.firstReadSeconds < settledBySeconds(bound)
const settled = results.filter(isSettled)
const worst = Math.max(...settled.flatMap(({ ratios }) => Object.values(ratios)))
const unsettled = results.length - settled.length
const note =
  unsettled === 0
    ? ''
    : ` Not counted ${unsettled === 1 ? 'is 1 row' : `are ${unsettled} rows`} in which the first look at all zones was not over yet.`
const text = [
  ...own,
  '',
  `p50 · p99. The worst of these is ${worst.toFixed(2)} times the best that the limits allow.${note}`,
  '',
  ...others,
].join('\n')
process.stdout.write(`${text}\n`)
if (process.argv.includes('--write')) {
  const path = 'deploy/README.md'
  writeFileSync(path, withBlock(readFileSync(path, 'utf8'), 'scale', text))
}
