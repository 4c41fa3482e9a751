import t from 'tap'
import {
  allFaultCells,
  cellName,
  type FaultCell,
  type FaultFigures,
  runFaultCells,
} from '../support/fault-cells.ts'

/* The whole fault matrix: every fault, from the start, in steady state and in catch-up, plain and contrary. */

t.setTimeout(3_500_000)

t.test('no fault stops the process, fills the log or costs a count', async (t) => {
  const slowest = { healthyMs: 0, rssMb: 0 }
  const failed: string[] = []
  let cells = 0
  const began = performance.now()
  const seconds = () => Math.round((performance.now() - began) / 1000)
  const take = (cell: FaultCell, { healthyMs, rssMb, wrong }: FaultFigures): void => {
    cells += 1
    slowest.healthyMs = Math.max(slowest.healthyMs, healthyMs)
    slowest.rssMb = Math.max(slowest.rssMb, rssMb ?? 0)
    failed.push(...wrong.map((what) => `${cellName(cell)}: ${what}`))
    const outcome = wrong.length === 0 ? '' : ` FAILED: ${wrong.join('; ')}`
    t.comment(
      `${cells} of ${allFaultCells.length}, ${seconds()} s: ${cellName(cell)}, /-/healthy ${Math.round(healthyMs)} ms${outcome}`,
    )
  }
  // More that work at once would keep each other waiting, and what is measured here is how long one answer takes.
  const waits = ({ fault }: FaultCell): boolean => fault.patienceSeconds > 300
  const begun: Promise<void>[] = []
  // These wait for minutes: one begins whenever another cell has ended.
  const waiting = allFaultCells.filter(waits)
  await runFaultCells(
    allFaultCells.filter((cell) => !waits(cell)),
    2,
    (cell, figures) => {
      take(cell, figures)
      const next = waiting.shift()
      if (next !== undefined) begun.push(runFaultCells([next], 1, take))
    },
  )
  await Promise.all(begun)
  t.comment(
    `${cells} cells, ${failed.length} failures, ${seconds()} s, slowest /-/healthy ${Math.round(slowest.healthyMs)} ms, most memory ${slowest.rssMb} MB`,
  )
  t.strictSame(failed, [])
  t.equal(cells, allFaultCells.length)
})
