// Both are put in by the bundler; a program run from its sources has neither.
declare const LOGPUSH_EXPORTER_VERSION: string | undefined
declare const LOGPUSH_EXPORTER_REVISION: string | undefined

/** What this program is, as `--version`, the page and `_build_info` say it. */
export const build = {
  name: 'logpush-exporter',
  version: typeof LOGPUSH_EXPORTER_VERSION === 'string' ? LOGPUSH_EXPORTER_VERSION : '0.0.0-source',
  revision: typeof LOGPUSH_EXPORTER_REVISION === 'string' ? LOGPUSH_EXPORTER_REVISION : 'unknown',
} as const
