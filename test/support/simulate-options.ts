import type { SimulateOptions } from '../../src/commands/simulate.ts'

/** What `simulate` is told when it is told nothing but to listen on any port of this machine. */
export const usualSimulation: SimulateOptions = {
  listen: { host: '127.0.0.1', port: 0 },
  seed: 1,
  speed: 1,
  world: 'demo',
  objectStore: null,
  variants: [],
  contrary: false,
}
