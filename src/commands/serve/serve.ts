import { defineCommand } from '../../cli/command.ts'
import { conflicts, missingToken } from '../../settings/exporter-rules.ts'
import { allSettings, nameRule } from '../../settings/exporter-settings.ts'
import { switchSetting } from '../../settings/setting.ts'

/** The exporter. What it runs is loaded once the settings are right. */
export const command = defineCommand({
  options: {
    ...allSettings,
    checkOnly: switchSetting({
      flag: 'config.check',
      only: 'flag',
      help: 'Check all settings and the files they name, then exit.',
    }),
  },
  notes: [nameRule],
  conflicts: (values) => [...conflicts(values), ...(values.checkOnly ? [] : missingToken(values))],
  async run({ checkOnly, ...settings }, io, { reread }) {
    if (checkOnly) return (await import('./config-check.ts')).checkConfig(settings, io)
    return (await import('./run-exporter.ts')).runExporter(settings, io, reread)
  },
})
