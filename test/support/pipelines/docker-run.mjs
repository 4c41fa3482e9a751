// Stands in for `docker run` on a machine without Docker: runs the built bundle with the environment, the working
// folder and the arguments that the container would get, and nothing else. Flags it does not know are refused, so
// that a pipeline cannot rely on one that this does not carry out.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const bundle = new URL('../../../dist/main.js', import.meta.url).pathname
const [verb, ...rest] = process.argv.slice(2)
const env = { HOME: '/', LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: process.env.TEST_CLOUDFLARE_URL }
const volumes = new Map()
let folder = '/app'

function refuse(what) {
  process.stderr.write(`docker: ${what}\n`)
  process.exit(125)
}

if (verb !== 'run') refuse(`${verb}: only "run" is known here`)
while (rest[0]?.startsWith('-')) {
  const flag = rest.shift()
  const [name, value = ''] = flag.split(/=(.*)/s)
  if (['--rm', '--read-only', '--cap-drop', '--user'].includes(name)) continue
  if (name === '--env') {
    if (process.env[value] !== undefined) env[value] = process.env[value]
  } else if (name === '--env-file') {
    for (const line of readFileSync(value, 'utf8').split('\n')) {
      const [key, text] = line.split(/=(.*)/s)
      if (line !== '' && !line.startsWith('#') && text !== undefined) env[key] = text
    }
  } else if (name === '--volume') {
    const [host, container] = value.split(':')
    volumes.set(container, host)
  } else if (name === '--workdir') folder = value
  else refuse(`unknown flag: ${flag}`)
}
const image = rest.shift()
if (!/\/logpush-exporter:\d/.test(image ?? '')) refuse(`no such image: ${image}`)
const cwd = volumes.get(folder) ?? refuse(`nothing is mounted at ${folder}`)
const { status } = spawnSync(process.execPath, [bundle, ...rest], { cwd, env, stdio: 'inherit' })
process.exitCode = status ?? 1
