import { resolve } from 'node:path'
import { flag, list, mapping, note, type Problems, text } from '../../domain/file-reader.ts'
import { didYouMean, type Positioned, quoted } from '../../domain/positioned.ts'
import { Secret } from '../../domain/secret.ts'

/* The section `tls_server_config` of a web config file, whose names come from Go's TLS library. */

/** PEM text in the file itself, or the absolute path of another file. */
export type PemSource =
  | { readonly kind: 'text'; readonly pem: Secret }
  | { readonly kind: 'file'; readonly path: string }

export type ClientAuth =
  | 'NoClientCert'
  | 'RequestClientCert'
  | 'RequireAnyClientCert'
  | 'VerifyClientCertIfGiven'
  | 'RequireAndVerifyClientCert'

export interface TlsConfig {
  readonly cert: PemSource
  readonly key: PemSource
  /** Null: the authorities that Node trusts. */
  readonly clientCa: PemSource | null
  readonly clientAuth: ClientAuth
  /** A client's certificate must hold one of these names; null: any. */
  readonly allowedSans: readonly string[] | null
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3'
  /** In OpenSSL's names; null: Node's defaults. */
  readonly ciphers: readonly string[] | null
  readonly curves: readonly string[] | null
  readonly preferServerCiphers: boolean
}

const versions = { TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const

const clientAuths: Readonly<Record<string, ClientAuth>> = {
  '': 'NoClientCert',
  NoClientCert: 'NoClientCert',
  RequestClientCert: 'RequestClientCert',
  RequireAnyClientCert: 'RequireAnyClientCert',
  RequireClientCert: 'RequireAnyClientCert',
  VerifyClientCertIfGiven: 'VerifyClientCertIfGiven',
  RequireAndVerifyClientCert: 'RequireAndVerifyClientCert',
}

const curveNames: Readonly<Record<string, string>> = {
  CurveP256: 'P-256',
  CurveP384: 'P-384',
  CurveP521: 'P-521',
  X25519: 'X25519',
}

/** Suites for TLS 1.2, Go's name → OpenSSL's. Those of TLS 1.3 cannot be chosen, as in Go. */
const cipherNames: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_AES_128_GCM_SHA256: 'TLS_AES_128_GCM_SHA256',
  TLS_AES_256_GCM_SHA384: 'TLS_AES_256_GCM_SHA384',
  TLS_CHACHA20_POLY1305_SHA256: 'TLS_CHACHA20_POLY1305_SHA256',
}

/** The section as it is meant; null when nothing in it turns TLS on or something is wrong. */
export function readTlsConfig(node: Positioned, folder: string, problems: Problems): TlsConfig | null {
  const before = problems.length
  const sources = new Map<'cert' | 'key' | 'client_ca', PemSource>()
  const pem = (name: 'cert' | 'key' | 'client_ca', kind: PemSource['kind']) => (value: Positioned) => {
    const content = text(value, problems)
    if (content === null || content === '') return
    if (sources.has(name)) note(problems, value, `${name} and ${name}_file: only one may be given`)
    sources.set(
      name,
      kind === 'file' ? { kind, path: resolve(folder, content) } : { kind, pem: new Secret(content) },
    )
  }
  const given = mapping(node, problems, {
    cert: pem('cert', 'text'),
    cert_file: pem('cert', 'file'),
    key: pem('key', 'text'),
    key_file: pem('key', 'file'),
    client_ca: pem('client_ca', 'text'),
    client_ca_file: pem('client_ca', 'file'),
    client_auth_type: (value) => oneOf(value, clientAuths, problems),
    client_allowed_sans: (value) => list(value, problems, (item) => text(item, problems)),
    min_version: (value) => tlsVersion(value, problems),
    max_version: (value) => tlsVersion(value, problems),
    cipher_suites: (value) => chosen(value, cipherNames, problems),
    curve_preferences: (value) => chosen(value, curveNames, problems),
    prefer_server_cipher_suites: (value) => flag(value, problems),
  })
  const clientAuth = given.client_auth_type ?? null
  const allowedSans = given.client_allowed_sans ?? null
  const minVersion = given.min_version ?? 'TLSv1.2'
  const maxVersion = given.max_version ?? 'TLSv1.3'
  const complain = (message: string) => problems.push({ at: node.at, message })
  if (minVersion > maxVersion) complain('min_version is above max_version')
  if (sources.size === 0 && clientAuth === null) return null
  const cert = sources.get('cert')
  const key = sources.get('key')
  if (cert === undefined) complain('missing one of cert_file or cert')
  if (key === undefined) complain('missing one of key_file or key')
  if (sources.has('client_ca') && (clientAuth ?? 'NoClientCert') === 'NoClientCert') {
    complain(
      'client_ca_file has no effect without client_auth_type; set RequireAndVerifyClientCert to require certificates',
    )
  }
  if (allowedSans !== null && !/^Require/.test(clientAuth ?? '')) {
    complain(
      'client_allowed_sans needs client_auth_type to be RequireAnyClientCert or RequireAndVerifyClientCert',
    )
  }
  if (problems.length > before || cert === undefined || key === undefined) return null
  return {
    cert,
    key,
    clientCa: sources.get('client_ca') ?? null,
    clientAuth: clientAuth ?? 'NoClientCert',
    allowedSans,
    minVersion,
    maxVersion,
    ciphers: given.cipher_suites ?? null,
    curves: given.curve_preferences ?? null,
    preferServerCiphers: given.prefer_server_cipher_suites ?? true,
  }
}

function oneOf<T extends string>(
  node: Positioned,
  known: Readonly<Record<string, T>>,
  problems: Problems,
): T | null {
  const content = text(node, problems)
  if (content === null) return null
  const value = Object.hasOwn(known, content) ? known[content] : undefined
  if (value !== undefined) return value
  const names = Object.keys(known).filter((name) => name !== '')
  const expected =
    names.length <= 8 ? `expected one of ${names.join(', ')}` : 'expected a cipher suite by its name in Go'
  return note(problems, node, `${expected}, found ${quoted(content)}${didYouMean(content, names)}`)
}

function tlsVersion(node: Positioned, problems: Problems): TlsConfig['minVersion'] | null {
  const content = text(node, problems)
  if (content !== 'TLS10' && content !== 'TLS11') return oneOf(node, versions, problems)
  return note(problems, node, `${content} is not supported because it is insecure; use TLS12 or TLS13`)
}

function chosen(
  node: Positioned,
  known: Readonly<Record<string, string>>,
  problems: Problems,
): readonly string[] | null {
  const names = list(node, problems, (item) => oneOf(item, known, problems))
  return names.length === 0 ? null : names
}
