/* The rest of the chain for the demo: Prometheus, Alertmanager and an inbox, where the two are installed. */
import { UserError } from '../../errors.ts'
import type { Clock } from '../../ports/runtime.ts'
import { findAlertPrograms, startAlertChain } from './alert-chain.ts'
import { startInbox } from './pagerduty-inbox.ts'

export interface DemoAlertingOptions {
  /** Where programs are looked for. */
  readonly searchPath: string | undefined
  /** Address of the exporter, without a slash at the end. */
  readonly exporterUrl: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** A quarter of an hour becomes ninety seconds. */
export const demoFactor = 10

/** Starts it and says where it is, or what is missing. Answers how to stop it. */
export async function startDemoAlerting(options: DemoAlertingOptions): Promise<() => Promise<void>> {
  const { say, signal } = options
  const found = findAlertPrograms(options.searchPath)
  if (!found.ok) {
    say(`No alerting: ${found.missing.join(' and ')} can't be found on this machine.`)
    say('Debian and Ubuntu have both: apt-get install prometheus prometheus-alertmanager.')
    return async () => {}
  }
  const inbox = await startInbox(options.clock)
  try {
    const chain = await startAlertChain({
      programs: found.programs,
      target: new URL(options.exporterUrl).host,
      metricsPath: '/metrics',
      pagerDutyUrl: inbox.url,
      factor: demoFactor,
      clock: options.clock,
      signal,
    })
    const links = [
      { text: 'Alertmanager', href: `${chain.alertmanager}/` },
      { text: 'Prometheus', href: `${chain.prometheus}/` },
      { text: 'Status page', href: `${options.exporterUrl}/` },
    ]
    inbox.link(links)
    say(`  PagerDuty inbox  ${inbox.url}/  (incidents come and go)`)
    for (const { text, href } of links.slice(0, 2)) say(`  ${text.padEnd(15)}  ${href}`)
    say(
      'The alert rules go ten times faster than shipped: a job that fails for 90 seconds opens an incident.',
    )
    void chain.broken.then((words) => {
      if (!signal.aborted) say(`The alerting has stopped: ${words}`)
    })
    return async () => {
      await chain.stop()
      await inbox.close()
    }
  } catch (error) {
    await inbox.close()
    if (!(error instanceof UserError)) throw error
    say(`No alerting: ${error.message}`)
    return async () => {}
  }
}
