import t from 'tap'
import { allowedRatio, measureCell } from '../support/scale/scale-cells.ts'

/* A slice of what scale.long.ts runs whole. */

t.test('100 zones are read as fast as the limits allow, and nothing that was lost is missed', async (t) => {
  for (const cell of [
    { zones: 100, withJobs: 0.05, mode: 'user' },
    { zones: 100, withJobs: 0.5, mode: 'account' },
  ] as const) {
    const { figures, ratios } = await measureCell(cell, { losses: 40, newZones: 4, seconds: 900 })
    const name = `${cell.withJobs * 100} % with jobs, ${cell.mode}`
    for (const [what, ratio] of Object.entries(ratios))
      t.ok(ratio <= allowedRatio, `${name}: ${what} is ${ratio.toFixed(2)} times the best`)
    t.equal(figures.lossesSeen, figures.losses, name)
    t.equal(figures.zonesFound, figures.newZones, name)
    t.equal(figures.refused, 0, name)
    t.ok(Math.max(figures.peakShare.graphql, figures.peakShare.rest) <= 1, `${name}: the share is kept`)
  }
})
