import t from 'tap'
import { type PlannedFleet, plannedFleet } from '../../support/planned-fleet.ts'

/*
 * A plan of the built program over a fleet with nothing to change, against the limits of the real API. 200 zones fit
 * into the share of the budget at once; 1,000 do not, and wait for it, which the progress says. `npm run bench plan`
 * prints the figures.
 */

const counts = ({ requests }: PlannedFleet) => Object.fromEntries(requests)

t.test('200 zones, 600 jobs: below 30 s', async (t) => {
  const run = await plannedFleet(200)
  t.match(run, {
    code: 0,
    stdout: /No changes: 600 objects up to date/,
    stderr: /^Listing zones: 50 so far\nReading jobs: 200 scopes\n/,
  })
  t.ok(run.seconds < 30, `${run.seconds} s`)
  t.strictSame(counts(run), { 'rest list_zones': 5, 'rest list_jobs': 200 })
})

t.test('1,000 zones, 3,000 jobs: at the pace of the budget, and it says how long', async (t) => {
  const run = await plannedFleet(1_000)
  t.match(run, { code: 0, stdout: /No changes: 3000 objects up to date/ })
  t.match(run.stderr, /Reading jobs: \d+ of 1000 scopes, about \d+ s left/)
  t.strictSame(counts(run), { 'rest list_zones': 21, 'rest list_jobs': 1_000 })
  // 600 go out at once and count for 300 s. Of what is free then the program takes its share of what the API says is
  // left, which counts our own 600 against us: 300 at once, and 121 at 2 a second.
  t.ok(run.seconds < 390, `${run.seconds} s`)
})
