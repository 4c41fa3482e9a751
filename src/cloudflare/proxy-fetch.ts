import { UserError } from '../errors.ts'
import type { Fetch } from './answer.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * A fetch that goes through the proxy which HTTPS_PROXY and HTTP_PROXY name (in either case; lower wins), except
 * for the hosts in NO_PROXY. Without them it is undefined: the platform's own fetch does. Throws UserError for an
 * address that cannot be used, without showing it, since proxies' addresses carry passwords.
 */
export function proxyFetch(environment: Environment): Fetch | undefined {
  const httpProxy = read(environment, 'http_proxy')
  const httpsProxy = read(environment, 'https_proxy')
  if (httpProxy === '' && httpsProxy === '') return undefined
  checkAddress('HTTP_PROXY', httpProxy)
  checkAddress('HTTPS_PROXY', httpsProxy)
  const noProxy = read(environment, 'no_proxy')
  let connected: Promise<Fetch> | undefined
  return async (input, init) => {
    connected ??= connect({ httpProxy, httpsProxy, noProxy })
    return (await connected)(input, init)
  }
}

function read(environment: Environment, name: string): string {
  return (environment[name] ?? environment[name.toUpperCase()] ?? '').trim()
}

function checkAddress(name: string, address: string): void {
  if (address === '') return
  const protocol = URL.canParse(address) ? new URL(address).protocol : ''
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new UserError(`${name}: expected an address such as http://proxy.example.com:3128`)
}

/** undici comes in only when there is a proxy: it costs some 40 ms at the start. */
async function connect(proxies: { httpProxy: string; httpsProxy: string; noProxy: string }): Promise<Fetch> {
  const { EnvHttpProxyAgent, fetch } = await import('undici')
  const dispatcher = new EnvHttpProxyAgent(proxies)
  // The package's types are its own, and newer than those of the same fetch built into Node.
  const through = fetch as unknown as (input: unknown, init: object) => Promise<Response>
  return (input, init) => through(input, { ...init, dispatcher })
}
