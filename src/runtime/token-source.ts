import type { Secret } from '../domain/secret.ts'
import { UserError } from '../errors.ts'
import { createWatchedFile, type WatchedFile, type WatchedFileOptions } from './watched-file.ts'

/** Where the API token comes from: it may be another one on the next call. */
export interface TokenSource {
  /** @throws UserError when the token's file can't be read and never could. */
  current(): Promise<Secret>
  /** To be called when the API refused the token: a file is then read again, whatever it looks like. */
  refresh(): void
  /** The token last given out; null before the first. For masking it in logs. */
  latest(): Secret | null
}

/** From a file when one is named, else the fixed text. */
export function createTokenSource(
  settings: { readonly apiToken: Secret | null; readonly apiTokenFile: string | null },
  options: Omit<WatchedFileOptions, 'path' | 'title'>,
): TokenSource {
  if (settings.apiTokenFile !== null) {
    const file: WatchedFile = createWatchedFile({
      ...options,
      path: settings.apiTokenFile,
      title: '--cloudflare.api-token-file',
    })
    return file
  }
  const { apiToken } = settings
  if (apiToken === null) {
    throw new UserError(
      'no API token: set CLOUDFLARE_API_TOKEN, or name a file with --cloudflare.api-token-file',
    )
  }
  return { current: async () => apiToken, refresh: () => {}, latest: () => apiToken }
}
