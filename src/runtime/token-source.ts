import type { Secret } from '../domain/secret.ts'
import { UserError } from '../errors.ts'
import { createWatchedFile, type WatchedFile, type WatchedFileOptions } from './watched-file.ts'

/** Where the API token comes from: it may be another one on the next call. */
export interface TokenSource {
  /** @throws UserError when the token's file cannot be read and never could. */
  current(): Promise<Secret>
  /** To be called when the API refused the token: a file is then read again, whatever it looks like. */
  refresh(): void
  /** The token last given out; null before the first. For masking it in logs. */
  latest(): Secret | null
}

type TokenSettings = { readonly apiToken: Secret | null; readonly apiTokenFile: string | null }

/**
 * The source with its first token read: a file that is not there shows before anything is asked of Cloudflare.
 * @throws UserError when there is no token.
 */
export async function openTokenSource(
  settings: TokenSettings,
  options: Omit<WatchedFileOptions, 'path' | 'title'>,
): Promise<TokenSource> {
  const source = createTokenSource(settings, options)
  try {
    await source.current()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const advice = 'Put the API token into it, or leave the flag out and set CLOUDFLARE_API_TOKEN.'
    throw new UserError(`${error.message}. ${advice}`, error.exitCode, { cause: error })
  }
  return source
}

/** From a file when one is named, else the fixed text. */
export function createTokenSource(
  settings: TokenSettings,
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
      'no API token: set CLOUDFLARE_API_TOKEN, or pass a file with --cloudflare.api-token-file',
    )
  }
  return { current: async () => apiToken, refresh: () => {}, latest: () => apiToken }
}
