import { settle } from './stepped-clock.ts'

/** Waits some turns of the event loop, and not by the clock, until it holds; fails when it does not come. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; !holds(); turns += 1) {
    if (turns === 20_000) throw new Error(`it does not come: ${holds}`)
    await settle(1)
  }
}
