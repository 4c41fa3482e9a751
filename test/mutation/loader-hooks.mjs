import { readFile } from 'node:fs/promises'

let modules = {}

export function initialize(data) {
  modules = data.modules
  // A mutant may loop without end. Should the tester be killed, nothing may go on in its name.
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && process.kill(process.pid, 'SIGKILL'), 500).unref()
}

// Found among the compiled ones, also when the file has gone meanwhile.
export async function resolve(specifier, context, nextResolve) {
  const url = specifier.startsWith('.') ? new URL(specifier, context.parentURL).href : specifier
  return url in modules ? { url, format: 'module', shortCircuit: true } : nextResolve(specifier, context)
}

export async function load(url, context, nextLoad) {
  const file = modules[url.split('?')[0]]
  if (file === undefined) return nextLoad(url, context)
  return { format: 'module', shortCircuit: true, source: await readFile(file) }
}
