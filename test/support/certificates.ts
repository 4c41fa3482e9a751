import { generate } from 'selfsigned'

export interface Pair {
  readonly cert: string
  readonly key: string
}

type AltName = { type: 1 | 2 | 6; value: string } | { type: 7; ip: string }

/** A certificate and its key: signed by `ca`, or an authority of its own without one. */
export async function certificate(name: string, ca: Pair | null, altNames: AltName[] = []): Promise<Pair> {
  const pems = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: ca === null, critical: true },
      ca === null
        ? { name: 'keyUsage', keyCertSign: true, critical: true }
        : { name: 'keyUsage', digitalSignature: true, critical: true },
      ...(altNames.length === 0 ? [] : [{ name: 'subjectAltName' as const, altNames }]),
    ],
    ...(ca === null ? {} : { ca }),
  })
  return { cert: pems.cert, key: pems.private }
}

/** A server's certificate for loopback. */
export function serverCertificate(ca: Pair, name = 'exporter'): Promise<Pair> {
  return certificate(name, ca, [
    { type: 2, value: 'localhost' },
    { type: 7, ip: '127.0.0.1' },
  ])
}
