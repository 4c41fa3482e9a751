import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { z } from 'zod'

const run = promisify(execFile)
const places = z.object({ helm: z.string(), kubectl: z.string() })

export type KubeTools = z.infer<typeof places>

/**
 * Where helm and kubectl are, fetched once into .cache/ by .ci/kube-tools.mjs.
 * Elsewhere than in CI, where they must be had, a text that says why they are missing.
 */
export function kubeTools(): KubeTools | string {
  try {
    return places.parse(
      JSON.parse(execFileSync(process.execPath, ['.ci/kube-tools.mjs'], { encoding: 'utf8' })),
    )
  } catch (error) {
    const reason = `helm and kubectl can't be had: ${error instanceof Error ? error.message : String(error)}`
    if (process.env.CI !== undefined) throw new Error(reason)
    return reason
  }
}

/** Runs a program to its end; a failure carries what it wrote. */
export async function output(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, [...args], { maxBuffer: 64 * 1024 * 1024 })
  return stdout
}
