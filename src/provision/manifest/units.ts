/** Seconds of a text such as `90s`, `5m` or `1m30s`; null when it is none. */
export function parseSeconds(text: string): number | null {
  const match = /^(?:(\d{1,4})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?$/.exec(text)
  if (match === null || text === '') return null
  const [, hours = '0', minutes = '0', seconds = '0'] = match
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

/** Bytes of a number or a text such as `50MB` or `5MiB`; null when it is none. */
export function parseBytes(size: string | number): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)\s?([KMG]i?B|B|)$/.exec(String(size))
  const unit = units[match?.[2] ?? '?']
  const bytes = unit === undefined ? Number.NaN : Number(match?.[1]) * unit
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** Bytes as people write them: 50000000 is `50MB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9 && bytes % 1e9 === 0) return `${bytes / 1e9}GB`
  if (bytes >= 1e6 && bytes % 1e6 === 0) return `${bytes / 1e6}MB`
  return String(bytes)
}
