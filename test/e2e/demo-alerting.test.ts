import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { findAlertPrograms } from '../../src/commands/demo/alert-chain.ts'
import { eventually } from '../support/exporter-process.ts'

t.setTimeout(120_000)

const bundle = new URL('../../dist/main.js', import.meta.url).pathname
const found = findAlertPrograms(process.env.PATH)
const skip = found.ok ? false : `not installed: ${found.missing.join(', ')}`

function demo(t: Pick<typeof import('tap').default, 'teardown'>, path: string) {
  const child = spawn(process.execPath, [bundle, 'demo', '--with-alerting', '--listen=127.0.0.1:0'], {
    env: { PATH: path },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  let output = ''
  child.stdout.on('data', (part: Buffer) => {
    output += part.toString('utf8')
  })
  const says = (pattern: RegExp): Promise<string> =>
    eventually(async () => pattern.exec(output)?.[1], `the demo says ${pattern}`, 60)
  return { says, stop: async () => (child.kill('SIGTERM') ? (await ended)[0] : null) }
}

t.test('the demo with alerting opens an incident, and leaves nothing behind', { skip }, async (t) => {
  const { says, stop } = demo(t, process.env.PATH ?? '')
  const inbox = await says(/PagerDuty inbox +(http:\S+)/)
  const others = [await says(/Alertmanager +(http:\S+)/), await says(/Prometheus +(http:\S+)/)]
  await eventually(
    async () => ((await (await fetch(inbox)).text()).includes('registry-http-s3') ? true : undefined),
    'the job that was switched off before is a page',
    60,
  )
  await eventually(
    async () =>
      (await (await fetch(inbox)).text()).includes('Less arrives at the destination') ? true : undefined,
    'files that are missing in a bucket are an incident',
    60,
  )
  await says(/(Press Ctrl-C to stop\.)\n$/)
  for (const url of others) t.ok((await fetch(url)).ok, url)
  t.equal(await stop(), 0)
  for (const url of [inbox, ...others]) await t.rejects(fetch(url), url)
})

t.test('without the programs it says which are missing and goes on', async (t) => {
  const { says, stop } = demo(t, '/nowhere')
  const missing = await says(/No alerting: (.*) cannot be found/)
  t.equal(missing, 'prometheus and prometheus-alertmanager (or alertmanager)')
  const status = await says(/status page +(http:\S+)/)
  t.ok((await fetch(status)).ok)
  t.equal(await stop(), 0)
})
