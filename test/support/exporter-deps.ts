import type { ExporterDeps } from '../../src/commands/serve/exporter.ts'
import { Secret } from '../../src/domain/secret.ts'
import type { Settings } from '../../src/settings/exporter-settings.ts'

/** What an exporter of a test works with: no environment, no files, and settings that a reload finds as they were. */
export function exporterDeps(
  settings: Settings,
  edit: Partial<ExporterDeps> & Pick<ExporterDeps, 'clock' | 'log'> & { readonly apiToken?: string },
): ExporterDeps {
  const { apiToken = 'no token', ...more } = edit
  return {
    random: () => 0.5,
    env: {},
    readFile: () => ({ ok: false, reason: 'no such file' }),
    pid: process.pid,
    nodeVersion: process.version,
    token: { current: async () => new Secret(apiToken), refresh: () => {} },
    web: null,
    webhookSecrets: null,
    reread: async () => ({ ok: true, settings }),
    ...more,
  }
}
