import t from 'tap'
import { eventually } from '../support/exporter-process.ts'
import { missingPostgres, password, startPostgres } from '../support/postgres-server.ts'
import {
  differencesOf,
  leaderOf,
  leads,
  serves,
  settle,
  startReplica,
  startWorld,
} from '../support/replicas.ts'
import { sampleValue, scrape } from '../support/scrape.ts'

/* Two real exporters on a real PostgreSQL. What takes longer is in failover.long.ts. */

t.setTimeout(120_000)
const skip = missingPostgres()
const minute = 60_000

t.test(
  'one of two leads; when it is killed, the other serves within 15 s, with difference 0',
  { skip },
  async (t) => {
    const postgres = await startPostgres(t)
    const simulator = await startWorld(t)
    const replicas = [await startReplica(t, simulator, postgres), await startReplica(t, simulator, postgres)]
    const first = await leaderOf(replicas)
    const other = replicas.find((replica) => replica !== first)
    if (other === undefined) throw new Error('there are two')
    await serves(first, simulator, 30)
    simulator.clock.advance(5 * minute)
    await serves(first, simulator, 30)

    t.equal(await leads(other), false)
    t.equal((await fetch(`${other.url}/-/ready`)).status, 200, 'a standby is ready')
    const standby = await scrape(`${other.url}/metrics`)
    t.ok(standby.some(({ name }) => name === 'cloudflare_logpush_exporter_build_info'))
    t.equal(
      standby.some(({ name }) => name === 'cloudflare_logpush_job_info'),
      false,
      'a standby shows no job',
    )
    t.equal(sampleValue(standby, 'cloudflare_logpush_exporter_shard_ordinal'), undefined)
    const page = await (await fetch(other.url)).text()
    t.match(page, /On standby/)
    t.match(page, /waiting for shard 0, run by other processes now/)

    first.signal('SIGKILL')
    await first.ended
    simulator.clock.advance(3 * minute)
    const seconds = await serves(other, simulator, 15)
    t.equal(await leads(other), true)
    settle(simulator)
    t.same(await differencesOf(other, simulator), [])
    t.comment(`taken over in ${seconds.toFixed(1)} s`)

    const texts = [...other.log, await (await fetch(`${other.url}/exporter`)).text()].join('\n')
    t.notMatch(texts, password, 'the password is nowhere')

    await postgres.ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'logpush-exporter'",
    )
    await eventually(
      async () => (other.log.some((line) => line.includes('lost the shard')) ? true : undefined),
      'it says so',
    )
    await leaderOf([other], 15)
    t.same(await differencesOf(other, simulator), [], 'it leads again, from what is stored')

    other.signal('SIGTERM')
    t.equal(await other.ended, 0, 'it ends by itself when asked')
    t.same(
      await postgres.ask("SELECT pid FROM pg_stat_activity WHERE application_name = 'logpush-exporter'"),
      [],
      'no session is left',
    )
  },
)
