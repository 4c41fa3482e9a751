import { listSetting, setting, type Table } from './setting.ts'
import { filePath, listenAddress, orNone, urlPath, webAddress } from './setting-kinds.ts'

/** Where the server listens, and where people find it and what belongs to it. */
export const webSettings = {
  listenAddresses: listSetting({
    flag: 'web.listen-address',
    kind: listenAddress,
    default: ':10199',
    help: 'Address to listen on. Port 0 picks a free port and logs it.',
  }),
  telemetryPath: setting({
    flag: 'web.telemetry-path',
    kind: urlPath,
    default: '/metrics',
    help: 'Path to serve metrics on.',
  }),
  externalUrl: setting({
    flag: 'web.external-url',
    kind: orNone(webAddress),
    help: 'URL this server is reachable at, for links in messages.',
  }),
  grafanaUrl: setting({
    flag: 'web.grafana-url',
    kind: orNone(webAddress),
    reloadable: true,
    help: 'URL of a Grafana that has the dashboards, for links from the status page.',
  }),
  webConfigFile: setting({
    flag: 'web.config.file',
    kind: orNone(filePath),
    help: 'Web config file (TLS, basic auth) in the exporter-toolkit format.',
  }),
} satisfies Table
