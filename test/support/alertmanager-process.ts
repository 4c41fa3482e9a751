import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { z } from 'zod'
import { type AlertmanagerFile, type Route, readAlertmanager } from '../../.build/generated/alert-files.ts'

/** An alert as a Prometheus would send it. */
export interface SentAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** Seconds since it began; an alert that has ended is sent with `ended`. */
  readonly ageSeconds?: number
  readonly ended?: boolean
}

const listed = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    status: z.object({ state: z.string(), inhibitedBy: z.array(z.string()) }),
  }),
)

export interface AlertmanagerProcess {
  send(alerts: readonly SentAlert[]): Promise<void>
  /** The alerts it holds, with what mutes them. */
  alerts(): Promise<z.infer<typeof listed>>
  stop(): Promise<void>
}

/**
 * Starts the real Alertmanager with the shipped file. Only this is changed: where events go, the files with keys,
 * and how long groups wait.
 */
export async function startAlertmanager(pagerDutyUrl: string): Promise<AlertmanagerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'alertmanager-'))
  const keyFile = join(folder, 'routing-key')
  const configFile = join(folder, 'alertmanager.yaml')
  await writeFile(keyFile, 'routing-key-of-the-test\n')
  await writeFile(configFile, stringify(forTests(readAlertmanager(), pagerDutyUrl, keyFile)))
  const child = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${configFile}`,
      `--storage.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      '--web.external-url=http://alertmanager.example/',
      '--web.route-prefix=/',
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  let log = ''
  const address = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (part: Buffer) => {
      log += part.toString('utf8')
      const found = /msg="Listening on" address=(\S+)/.exec(log)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`Alertmanager ended: ${log}`)))
  })
  const base = `http://${address}/api/v2/alerts`
  return {
    async send(alerts) {
      const now = Date.now()
      const body = alerts.map(({ labels, annotations, ageSeconds = 60, ended = false }) => ({
        labels,
        annotations,
        startsAt: new Date(now - ageSeconds * 1000).toISOString(),
        endsAt: new Date(ended ? now - 1 : now + 300_000).toISOString(),
      }))
      const answer = await fetch(base, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status}: ${await answer.text()}`)
    },
    alerts: async () => listed.parse(await (await fetch(base)).json()),
    stop,
  }
}

function forTests(file: AlertmanagerFile, url: string, keyFile: string): AlertmanagerFile {
  const quick = (route: Route): Route => ({
    ...route,
    group_wait: '100ms',
    group_interval: '300ms',
    ...(route.routes && { routes: route.routes.map(quick) }),
  })
  return {
    ...file,
    route: quick(file.route),
    receivers: file.receivers.map((receiver) => ({
      ...receiver,
      ...(receiver.pagerduty_configs && {
        pagerduty_configs: receiver.pagerduty_configs.map((config) => ({
          ...config,
          url: `${url}/v2/enqueue`,
          routing_key_file: keyFile,
        })),
      }),
      ...(receiver.webhook_configs && {
        webhook_configs: receiver.webhook_configs.map((config) => ({ ...config, url: `${url}/heartbeat` })),
      }),
    })),
  }
}
