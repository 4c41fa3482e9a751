import { listSetting, setting, type Table } from './setting.ts'
import { filePath, listenAddress, orNone, urlPath, webAddress } from './setting-kinds.ts'

/** Where the server listens, and where people find it and what belongs to it. */
export const webSettings = {
  listenAddresses: listSetting({
    flag: 'web.listen-address',
    kind: listenAddress,
    default: ':10199',
    help: 'Address to listen on. Port 0 picks a free one and logs it.',
  }),
  telemetryPath: setting({
    flag: 'web.telemetry-path',
    kind: urlPath,
    default: '/metrics',
    help: 'Path of the metrics.',
  }),
  externalUrl: setting({
    flag: 'web.external-url',
    kind: orNone(webAddress),
    help: 'Address under which people reach this server, for links in messages.',
  }),
  grafanaUrl: setting({
    flag: 'web.grafana-url',
    kind: orNone(webAddress),
    reloadable: true,
    help: 'Address of a Grafana that has the dashboards, for links from the status page.',
  }),
  webConfigFile: setting({
    flag: 'web.config.file',
    kind: orNone(filePath),
    help: 'File that turns on TLS or basic authentication, as Prometheus exporters know it.',
  }),
} satisfies Table
