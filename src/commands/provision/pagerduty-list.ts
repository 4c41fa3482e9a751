import { defineCommand } from '../../cli/command.ts'
import { outputOption } from '../../cli/options.ts'
import { scopeTitle } from '../../domain/scope.ts'
import { exitCode } from '../../errors.ts'
import { useInManifest } from '../../provision/ownership/pagerduty.ts'
import { sessionOptions } from './options.ts'
import { openSession } from './session.ts'
import { theAccount } from './the-account.ts'

export const command = defineCommand({
  usage: ['[--cloudflare.accounts ACCOUNT] [flags]'],
  options: { output: outputOption('text', 'json'), ...sessionOptions },
  async run(values, io) {
    const session = await openSession(values, io)
    const account = await theAccount(values.accounts, session)
    const title = scopeTitle({ kind: 'account', ...account })
    const services = await session.call.read((options) => session.rest.listPagerDuty(account.id, options))
    if (values.output === 'json') io.stdout(JSON.stringify(services, null, 2))
    else if (services.length === 0) io.stdout(`No PagerDuty service is connected to ${title}.`)
    else for (const line of useInManifest(services)) io.stdout(line)
    return exitCode.done
  },
})
