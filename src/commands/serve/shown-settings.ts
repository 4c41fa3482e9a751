/* The settings in force as the exporter's page shows them: as a user would write them, secrets masked. */

import { Secret } from '../../domain/secret.ts'
import type { ShownSetting } from '../../exporter/view/exporter-status.ts'
import { allSettings, type Settings } from '../../settings/exporter-settings.ts'
import { formatDuration, formatListenAddress, type ListenAddress } from '../../settings/setting-kinds.ts'

export function shownSettings(settings: Settings): readonly ShownSetting[] {
  const values = new Map<string, unknown>(Object.entries(settings))
  return Object.entries(allSettings).map(([key, row]) => {
    const value = settingText(key, values.get(key))
    return {
      name: row.flag === null ? (row.env ?? row.fileKey ?? key) : `--${row.flag}`,
      value,
      isDefault: value === settingText(key, row.fallback),
    }
  })
}

/** Keys of durations end in `Ms`. */
function settingText(key: string, value: unknown): string {
  if (value instanceof Secret) return '***'
  if (value === null || value === undefined) return key === 'historyPollIntervalMs' ? 'off' : 'none'
  if (typeof value === 'number') return key.endsWith('Ms') ? formatDuration(value) : String(value)
  if (typeof value !== 'object') return String(value)
  if (!Array.isArray(value)) return JSON.stringify(value)
  return value.length === 0 ? 'none' : value.map(itemText).join(', ')
}

function itemText(item: unknown): string {
  if (isListenAddress(item)) return formatListenAddress(item)
  return typeof item === 'string' ? item : JSON.stringify(item)
}

function isListenAddress(item: unknown): item is ListenAddress {
  return typeof item === 'object' && item !== null && 'host' in item && 'port' in item
}
