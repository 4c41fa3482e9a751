// Runs TypeScript from files that were compiled beforehand: `node --import ./test/mutation/loader.mjs x.test.ts`.
// MUTATION_MODULES names a JSON file { "file:///…/x.ts": "compiled file" }; MUTATION_SWAP, where set, is such an
// object with the one module that is changed. MUTATION_UNITS, where set, is a folder for the units that ran and the processor
// time they took.
import { readFileSync, writeFileSync } from 'node:fs'
import { register } from 'node:module'
import { join } from 'node:path'

const { MUTATION_MODULES: list = '', MUTATION_SWAP: swap = '{}', MUTATION_UNITS: units } = process.env
register('./loader-hooks.mjs', import.meta.url, {
  data: { modules: { ...JSON.parse(readFileSync(list, 'utf8')), ...JSON.parse(swap) } },
})

if (units !== undefined) {
  const ran = []
  globalThis.__unitsThatRan = ran
  process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    const noted = { ran: Object.keys(ran), cpuSeconds: (user + system) / 1e6 }
    writeFileSync(join(units, `${process.pid}.json`), JSON.stringify(noted))
  })
}
