import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { PositionedReading } from '../../domain/positioned.ts'
import { fileReason, UserError } from '../../errors.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import type { PemSource, TlsConfig } from './tls-config.ts'
import { readWebConfig, type WebConfig } from './web-config.ts'

/*
 * The web config file and the certificates it names, as they are now: looked at when a request or a connection
 * comes, at most once a second, and read again when one of them changed. New contents that cannot be used change
 * nothing; that is logged once, and the next change is tried again. TLS itself goes on or off at start only.
 */

export interface WebConfigDeps {
  readonly clock: Pick<Clock, 'monotonic'>
  readonly log: Log
  readonly readYaml: (text: string) => PositionedReading
}

const checkIntervalMs = 1_000

interface Loaded {
  readonly config: WebConfig
  readonly tls: { readonly config: TlsConfig; readonly options: SecureContextOptions } | null
  /** What the files looked like just before they were read. */
  readonly marks: string
  readonly paths: readonly string[]
}

export type WebConfigSource = ReturnType<typeof openWebConfig>

/**
 * Reads the file for the first time.
 * @throws UserError with every error in it, or in the certificates that it names.
 */
export function openWebConfig(path: string, deps: WebConfigDeps) {
  const { clock, log } = deps
  let loaded = load(path, deps)
  const tlsAtStart = loaded.tls !== null
  let lookedAt = clock.monotonic()
  let failedMarks: string | null = null

  const look = (): Loaded => {
    if (clock.monotonic() - lookedAt < checkIntervalMs) return loaded
    lookedAt = clock.monotonic()
    const marks = marksOf(loaded.paths)
    if (marks === loaded.marks || marks === failedMarks) return loaded
    try {
      const next = load(path, deps)
      if ((next.tls !== null) !== tlsAtStart) {
        throw new UserError('--web.config.file: turning TLS on or off needs a restart')
      }
      refuseLess(loaded, next)
      loaded = next
      failedMarks = null
      log.info({ path }, 'web config file or certificates reloaded')
    } catch (error) {
      failedMarks = marks
      log.error(
        { path, err: error },
        'web config file or certificates changed but cannot be used; keeping the previous ones',
      )
    }
    return loaded
  }
  return {
    current: () => look().config,
    /** Null when TLS was off at start. The same `options` object until something changed. */
    get tls() {
      return look().tls
    },
  }
}

/**
 * A file that is cut while it is written, or a key emptied by accident, must not open the door.
 * @throws UserError when the new contents ask for less proof of who is there.
 */
function refuseLess(before: Loaded, after: Loaded): void {
  if (before.config.users.size > 0 && after.config.users.size === 0)
    throw new UserError('--web.config.file: removing all users needs a restart')
  const { tls } = before.config
  if (tls === null || after.config.tls === null) return
  if (tls.clientAuth === 'RequireAndVerifyClientCert' && after.config.tls.clientAuth !== tls.clientAuth)
    throw new UserError('--web.config.file: accepting clients without a certificate needs a restart')
}

function marksOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const found = statSync(path, { throwIfNoEntry: false })
      return found === undefined ? 'none' : `${found.mtimeMs} ${found.size} ${found.ino}`
    })
    .join('\n')
}

function load(path: string, { readYaml }: WebConfigDeps): Loaded {
  const before = marksOf([path])
  const text = readText(path)
  if (text.trim() === '')
    throw new UserError(
      `--web.config.file: ${path} is empty. To serve without TLS and users, leave the setting out.`,
    )
  const yaml = readYaml(text)
  const reading = yaml.ok ? readWebConfig(yaml.root, dirname(resolve(path))) : yaml
  if (!reading.ok) {
    const lines = [...reading.problems]
      .sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
      .map(({ at, message }) => `${path}:${at.line}:${at.column}: ${message}`)
    throw new UserError(`--web.config.file:\n${lines.map((line) => `  ${line}`).join('\n')}`)
  }
  const config = reading.value
  if (config.tls === null) return { config, tls: null, marks: before, paths: [path] }
  const files = [config.tls.cert, config.tls.key, config.tls.clientCa].flatMap((one) =>
    one?.kind === 'file' ? [one.path] : [],
  )
  const marks = [before, marksOf(files)].filter((one) => one !== '').join('\n')
  const options = secureContextOptions(path, config.tls)
  return { config, tls: { config: config.tls, options }, marks, paths: [path, ...files] }
}

function secureContextOptions(path: string, config: TlsConfig): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: pemText(config.cert),
    key: pemText(config.key),
    ...(config.clientCa === null ? {} : { ca: pemText(config.clientCa) }),
    minVersion: config.minVersion,
    maxVersion: config.maxVersion,
    honorCipherOrder: config.preferServerCiphers,
    ...(config.curves === null ? {} : { ecdhCurve: config.curves.join(':') }),
    ...(config.ciphers === null ? {} : { ciphers: cipherList(config.ciphers) }),
  }
  try {
    createSecureContext(options)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason'
    throw new UserError(`${path}: tls_server_config: cannot use certificate and key: ${reason}`, undefined, {
      cause: error,
    })
  }
  return options
}

/** Node drops TLS 1.3 altogether when a list names none of its suites; in Go they are always there. */
function cipherList(ciphers: readonly string[]): string {
  const always = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256']
  return [...ciphers, ...always.filter((name) => !ciphers.includes(name))].join(':')
}

function pemText(source: PemSource): string {
  return source.kind === 'text' ? source.pem.reveal() : readText(source.path)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`--web.config.file: cannot read ${path}: ${fileReason(error)}`, undefined, {
      cause: error,
    })
  }
}
