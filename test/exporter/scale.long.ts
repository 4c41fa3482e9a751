import t from 'tap'
import { allowedRatio, measureCell, scaleCells } from '../support/scale/scale-cells.ts'

/* The exporter's polls and scheduler on a virtual clock, in worlds of all sizes. */

t.setTimeout(3_500_000)

for (const cell of scaleCells) {
  const name = `${cell.zones} zones, ${cell.withJobs * 100} % with jobs, ${cell.mode}`
  t.test(`${name}: read as fast as the limits allow`, async (t) => {
    const { figures, ratios } = await measureCell(cell, { losses: 400, newZones: 12, seconds: 3_600 })
    for (const [what, ratio] of Object.entries(ratios))
      t.ok(ratio <= allowedRatio, `${what} is ${ratio.toFixed(2)} times the best`)
    t.equal(figures.lossesSeen, figures.losses)
    t.equal(figures.zonesFound, figures.newZones)
    t.equal(figures.refused, 0)
    t.ok(Math.max(figures.peakShare.graphql, figures.peakShare.rest) <= 1, 'the share is kept')
  })
}
