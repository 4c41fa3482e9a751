import { readFile } from 'node:fs/promises'

let modules = {}

export function initialize(data) {
  modules = data.modules
  // A mutant may loop without end. Should the tester be killed, nothing may go on in its name.
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && process.kill(process.pid, 'SIGKILL'), 500).unref()
}

export async function load(url, context, nextLoad) {
  const file = modules[url.split('?')[0]]
  if (file === undefined) return nextLoad(url, context)
  return { format: 'module', shortCircuit: true, source: await readFile(file) }
}
