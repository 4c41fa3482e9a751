import t from 'tap'
import { allFaultCells, cellName, runFaultCells } from '../support/fault-cells.ts'

/* The whole fault matrix: every fault, from the start, in steady state and in catch-up, plain and contrary. */

t.setTimeout(3_500_000)

t.test('no fault stops the process, fills the log or costs a count', async (t) => {
  const slowest = { healthyMs: 0, rssMb: 0 }
  const failed: string[] = []
  let cells = 0
  const began = performance.now()
  const seconds = () => Math.round((performance.now() - began) / 1000)
  await runFaultCells(allFaultCells, 6, (cell, { healthyMs, rssMb, wrong }) => {
    cells += 1
    slowest.healthyMs = Math.max(slowest.healthyMs, healthyMs)
    slowest.rssMb = Math.max(slowest.rssMb, rssMb ?? 0)
    failed.push(...wrong.map((what) => `${cellName(cell)}: ${what}`))
    t.comment(
      `${cells} of ${allFaultCells.length}, ${seconds()} s: ${cellName(cell)}${wrong.length === 0 ? '' : ` FAILED: ${wrong.join('; ')}`}`,
    )
  })
  t.comment(
    `${cells} cells, ${failed.length} failures, ${seconds()} s, slowest /-/healthy ${Math.round(slowest.healthyMs)} ms, most memory ${slowest.rssMb} MB`,
  )
  t.strictSame(failed, [])
  t.equal(cells, allFaultCells.length)
})
