import { defineCommand } from '../../cli/command.ts'
import { scopeTitle } from '../../domain/scope.ts'
import { exitCode, UserError } from '../../errors.ts'
import {
  alertmanagerWay,
  browserSteps,
  completeConnection,
  startConnection,
  useInManifest,
} from '../../provision/ownership/pagerduty.ts'
import { setting } from '../../settings/setting.ts'
import { orNone, someText } from '../../settings/setting-kinds.ts'
import { mayGoAhead } from './consent.ts'
import { sessionOptions, yesOption } from './options.ts'
import { openSession } from './session.ts'
import { theAccount } from './the-account.ts'

export const command = defineCommand({
  usage: ['[--cloudflare.accounts ACCOUNT] [flags]'],
  options: {
    ...yesOption,
    tokenFile: setting({
      flag: 'token-file',
      kind: orNone(someText('a path', 'PATH')),
      only: 'flag',
      help: 'File with the integration token of an earlier run, to finish what that run began.',
    }),
    ...sessionOptions,
  },
  notes: [
    'Consent is given at PagerDuty, in a browser. If that is not possible, page through Alertmanager instead.',
  ],
  async run(values, io) {
    const session = await openSession(values, io)
    const account = await theAccount(values.accounts, session)
    const title = scopeTitle({ kind: 'account', ...account })
    const deps = { notifications: session.rest, call: session.call }
    const say = (lines: readonly string[]) => {
      for (const line of lines) io.stdout(line)
    }
    if (values.tokenFile === null) {
      if (!(await mayGoAhead(`Ask Cloudflare to connect ${title} to PagerDuty?`, values.yes, io))) {
        return exitCode.failure
      }
      const started = await startConnection(deps, account.id)
      session.log.info(
        { audit: true, action: 'connect pagerduty', account_id: account.id, result: 'done' },
        'provision write',
      )
      say(browserSteps({ accountId: account.id, accountTitle: title, token: started.token }))
      const answer = await io.ask('Press Enter once PagerDuty shows that it is connected: ')
      if (answer === null) {
        say([
          `Then put the token into a file and run: logpush-exporter provision pagerduty connect --cloudflare.accounts ${account.id} --token-file PATH`,
          ...alertmanagerWay,
        ])
        return exitCode.done
      }
      return finish(await completeConnection(deps, started))
    }
    const read = io.readFile(values.tokenFile)
    if (!read.ok) throw new UserError(`--token-file: cannot read ${values.tokenFile}: ${read.reason}`)
    const token = read.text.trim()
    return finish(await completeConnection(deps, { accountId: account.id, token, before: null }))

    function finish(services: Awaited<ReturnType<typeof completeConnection>>) {
      say(
        services.length > 0
          ? useInManifest(services)
          : ['PagerDuty is not connected yet.', ...alertmanagerWay],
      )
      return services.length > 0 ? exitCode.done : exitCode.failure
    }
  },
})
