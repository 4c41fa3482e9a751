// Loaded into the exporter before it starts: while the file is there, the name of the API does not resolve.
import dns from 'node:dns'
import { existsSync } from 'node:fs'

const mark = process.env.LOST_NAME_MARK ?? ''
const { lookup } = dns

dns.lookup = (name, options, done) => {
  const tell = done ?? options
  if (name !== 'localhost' || !existsSync(mark)) return lookup(name, options, done)
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
    code: 'ENOTFOUND',
    hostname: name,
  })
  process.nextTick(tell, error)
}
