import { execFile, spawnSync } from 'node:child_process'

/** Why a test that needs the programs is skipped, or false when all are there. */
export function missingPrograms(...names: readonly string[]): string | false {
  const missing = names.filter((name) => spawnSync(name, ['--version']).error !== undefined)
  if (missing.length === 0) return false
  return `not installed: ${missing.join(', ')} (Debian: prometheus, prometheus-alertmanager)`
}

export interface Ended {
  readonly status: number
  /** What it wrote to either stream. */
  readonly output: string
}

/** Runs a program to its end, with more in its environment; a failure is an answer, not an error. */
export function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      program,
      [...args],
      { encoding: 'utf8', env: { ...process.env, ...env } },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        resolve({ status, output: `${stdout}${stderr}` })
      },
    )
  })
}
