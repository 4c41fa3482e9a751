/* The rest of the chain for the demo: Prometheus, Alertmanager and an inbox, where the two are installed. */
import { UserError } from '../../errors.ts'
import type { Clock } from '../../ports/runtime.ts'
import type { StartProgram } from '../../runtime/child-program.ts'
import { findAlertPrograms, startAlertChain } from './alert-chain.ts'
import type { DemoAddress } from './demo-text.ts'
import { startInbox } from './pagerduty-inbox.ts'

export interface DemoAlertingOptions {
  readonly searchPath: string | undefined
  readonly startProgram: StartProgram
  /** Address of the exporter, without a slash at the end. */
  readonly exporterUrl: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** A quarter of an hour becomes ninety seconds. */
export const demoFactor = 10

export interface DemoAlerting {
  /** Where the parts are; empty when they could not be started. */
  readonly addresses: readonly DemoAddress[]
  /** How it differs from the real thing, or why it could not be started. */
  readonly notes: readonly string[]
  stop(): Promise<void>
}

export async function startDemoAlerting(options: DemoAlertingOptions): Promise<DemoAlerting> {
  const { say, signal } = options
  const found = findAlertPrograms(options.searchPath)
  if (!found.ok) {
    return none([
      `No alerting: ${found.missing.join(' and ')} cannot be found on this machine.`,
      'On Debian and Ubuntu: apt-get install prometheus prometheus-alertmanager.',
    ])
  }
  say('Starting Prometheus and Alertmanager …')
  const inbox = await startInbox(options.clock)
  try {
    const chain = await startAlertChain({
      programs: found.programs,
      startProgram: options.startProgram,
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
    void chain.broken.then((words) => {
      if (!signal.aborted) say(`Alerting has stopped: ${words}`)
    })
    return {
      addresses: [
        { name: 'PagerDuty inbox', url: `${inbox.url}/`, note: 'incidents open and resolve here' },
        { name: 'Alertmanager', url: `${chain.alertmanager}/` },
        { name: 'Prometheus', url: `${chain.prometheus}/` },
      ],
      notes: ['For the demo, alert timings are ten times shorter: 90 seconds of failure open an incident.'],
      async stop() {
        await chain.stop()
        await inbox.close()
      },
    }
  } catch (error) {
    await inbox.close()
    if (!(error instanceof UserError)) throw error
    return none([`No alerting: ${error.message}`])
  }
}

function none(notes: readonly string[]): DemoAlerting {
  return { addresses: [], notes, stop: async () => {} }
}
