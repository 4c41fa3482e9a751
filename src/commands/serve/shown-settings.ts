import type { ShownSetting } from '../../exporter/view/exporter-status.ts'
import { allSettings, type Settings } from '../../settings/exporter-settings.ts'
import type { Table } from '../../settings/setting.ts'

/** The settings in force as the exporter's page shows them: as a user would write them, secrets masked. */
export function shownSettings(settings: Settings): readonly ShownSetting[] {
  const values = new Map<string, unknown>(Object.entries(settings))
  return Object.entries<Table[string]>(allSettings).map(([key, row]) => {
    const value = row.show(values.get(key))
    return {
      name: row.flag === null ? (row.env ?? row.fileKey ?? key) : `--${row.flag}`,
      value,
      isDefault: value === row.show(row.fallback),
    }
  })
}
