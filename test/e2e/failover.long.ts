import t from 'tap'
import { startCutProxy } from '../support/cut-proxy.ts'
import type { ExporterProcess } from '../support/exporter-process.ts'
import { eventually } from '../support/exporter-process.ts'
import { missingPostgres, startPostgres } from '../support/postgres-server.ts'
import {
  differencesOf,
  leaderOf,
  leads,
  resume,
  serves,
  settle,
  startReplica,
  startWorld,
} from '../support/replicas.ts'

/*
 * Every way for a leader to go, again and again: killed, stopped and woken, cut off from the database, and the
 * database itself restarted. After each, one process serves within 15 s, with the simulator's own counts.
 */

t.setTimeout(1_200_000)
const minute = 60_000
const rounds = 6
const ways = ['kill', 'stop', 'cut', 'restart'] as const

t.test(
  `${rounds * ways.length} takeovers, each within 15 s and with difference 0`,
  { skip: missingPostgres() },
  async (t) => {
    const postgres = await startPostgres(t)
    const simulator = await startWorld(t)
    const start = async () => {
      const network = await startCutProxy(t, postgres.port)
      const address = postgres.address.replace(`:${postgres.port}/`, `:${network.port}/`)
      return { network, replica: await startReplica(t, simulator, { ...postgres, address }) }
    }
    const members = [await start(), await start()]
    const replicas = (): ExporterProcess[] => members.map(({ replica }) => replica)
    const leading = async () => {
      const leader = await leaderOf(replicas())
      const member = members.find(({ replica }) => replica === leader)
      const other = members.find(({ replica }) => replica !== leader)
      if (member === undefined || other === undefined) throw new Error('there are two')
      return { member, other }
    }
    const times = new Map<string, number[]>(ways.map((way) => [way, []]))

    for (let round = 0; round < rounds; round += 1) {
      for (const way of ways) {
        const { member, other } = await leading()
        await serves(member.replica, simulator, 30)
        simulator.clock.advance(3 * minute)
        if (way === 'kill') member.replica.signal('SIGKILL')
        if (way === 'stop') member.replica.signal('SIGSTOP')
        if (way === 'cut') member.network.cut()
        if (way === 'restart') await postgres.stop()
        simulator.clock.advance(2 * minute)
        const begun = performance.now()
        if (way === 'restart') await postgres.start()
        // A stopped process answers no scrape: only the others are asked.
        const next = way === 'restart' ? await leaderOf(replicas(), 15) : other.replica
        await serves(next, simulator, 15)
        times.get(way)?.push((performance.now() - begun) / 1000)

        if (way === 'stop') {
          member.replica.signal('SIGCONT')
          t.equal(await leads(member.replica), false, 'who wakes up does not say that it leads')
          simulator.clock.advance(minute)
          await serves(next, simulator, 15)
          await eventually(
            async () =>
              member.replica.log.some((line) => line.includes('lost the shard')) ? true : undefined,
            'it says that it lost the shard',
          )
        }
        if (way === 'cut') {
          t.equal(await leads(member.replica), false, 'who is cut off does not say that it leads')
          member.network.heal()
        }
        if (way === 'kill') {
          await member.replica.ended
          members.splice(members.indexOf(member), 1, await start())
        }
        settle(simulator)
        t.same(await differencesOf(next, simulator), [], `${way} ${round + 1}: difference 0`)
        resume(simulator)
      }
    }
    for (const [way, all] of times) {
      const sorted = [...all].sort((a, b) => a - b)
      t.comment(
        `${way}: n ${all.length}, median ${sorted[Math.floor(all.length / 2)]?.toFixed(1)} s, max ${sorted.at(-1)?.toFixed(1)} s`,
      )
      t.ok(all.length === rounds && (sorted.at(-1) ?? 99) <= 15)
    }
  },
)

t.test(
  'as many shards as leaders: three processes, two shards, each run once',
  { skip: missingPostgres() },
  async (t) => {
    const postgres = await startPostgres(t)
    const simulator = await startWorld(t)
    const args = ['--shard=auto', '--total-shards=2']
    const replicas = [
      await startReplica(t, simulator, postgres, args),
      await startReplica(t, simulator, postgres, args),
      await startReplica(t, simulator, postgres, args),
    ]
    const leaders = async (wanted: readonly ExporterProcess[]) =>
      eventually(async () => {
        const found = await Promise.all(wanted.map(leads))
        return found.filter(Boolean).length === 2 ? found : undefined
      }, 'two lead')
    const first = await leaders(replicas)
    const killed = replicas[first.indexOf(true)]
    killed?.signal('SIGKILL')
    await killed?.ended
    t.same(await leaders(replicas.filter((replica) => replica !== killed)), [true, true])
  },
)
