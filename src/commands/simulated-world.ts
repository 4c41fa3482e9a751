import { listSetting, setting, type Table } from '../settings/setting.ts'
import { decimalNumber, listenAddress, wholeNumberKind } from '../settings/setting-kinds.ts'

/* The options of the commands that run a simulated Cloudflare. */

export const worldOptions = {
  seed: setting({
    flag: 'seed',
    kind: wholeNumberKind(0, 4_294_967_295),
    default: '1',
    only: 'flag',
    help: 'Seed of the simulated world; the same seed gives the same world.',
  }),
  speed: setting({
    flag: 'speed',
    kind: decimalNumber(0, 100_000),
    default: '1',
    only: 'flag',
    help: 'How many times faster than real time the simulated world runs.',
  }),
} satisfies Table

export function listenOption(address: string) {
  return listSetting({
    flag: 'listen',
    kind: listenAddress,
    default: address,
    only: 'flag',
    help: 'Address to listen on. Port 0 picks a free port and prints it.',
  })
}
