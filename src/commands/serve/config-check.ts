import type { CommandIo } from '../../cli/command-io.ts'
import { type ExitCode, exitCode, UserError } from '../../errors.ts'
import { openWebConfig } from '../../http/access/web-config-source.ts'
import type { Log } from '../../ports/runtime.ts'
import { createSystemClock } from '../../runtime/system-clock.ts'
import type { Settings } from '../../settings/exporter-settings.ts'

type CheckIo = Pick<CommandIo, 'readFile' | 'stdout'>

/**
 * `serve --config.check`: the settings themselves were read before this; here come the files that they name.
 * @throws UserError with all that is wrong.
 */
export async function checkConfig(settings: Settings, io: CheckIo): Promise<ExitCode> {
  const problems = [...namedFiles(settings, io), ...(await webConfigProblems(settings.webConfigFile))]
  if (problems.length > 0) throw new UserError(problems.join('\n'))
  io.stdout('Configuration is valid.')
  return exitCode.done
}

function namedFiles(settings: Settings, io: CheckIo): readonly string[] {
  const secrets = [
    { flag: '--cloudflare.api-token-file', path: settings.apiTokenFile },
    { flag: '--notifications.webhook-secret-file', path: settings.webhookSecretFile },
  ]
  const problems = secrets.flatMap(({ flag, path }) => {
    if (path === null) return []
    const file = io.readFile(path)
    if (!file.ok) return [`${flag}: cannot read ${path}: ${file.reason}`]
    return file.text.trim() === '' ? [`${flag}: ${path} is empty`] : []
  })
  const manifest = settings.manifestFile === null ? null : io.readFile(settings.manifestFile)
  return manifest === null || manifest.ok
    ? problems
    : [...problems, `--manifest.file: cannot read ${settings.manifestFile}: ${manifest.reason}`]
}

async function webConfigProblems(path: string | null): Promise<readonly string[]> {
  if (path === null) return []
  const { readYaml } = await import('../../settings/yaml-text.ts')
  const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }
  try {
    openWebConfig(path, { clock: createSystemClock(), log: silent, readYaml })
    return []
  } catch (error) {
    if (error instanceof UserError) return [error.message]
    throw error
  }
}
