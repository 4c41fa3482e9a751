import type { Account } from '../../domain/scope.ts'
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
import { sessionOptions, textOrJsonOption, yesOption } from './options.ts'
import { openSession, type Session } from './session.ts'
import { defineVerb } from './verb.ts'
import { verbGroup } from './verb-group.ts'

const list = defineVerb({
  name: 'pagerduty list',
  summary: 'Shows the PagerDuty services that are connected to an account.',
  usage: ['pagerduty list [--cloudflare.accounts ACCOUNT] [flags]'],
  table: { ...textOrJsonOption, ...sessionOptions },
  operands: null,
  notes: [],
  async run(values, _operands, io) {
    const session = await openSession(values, io)
    const account = await theAccount(values.accounts, session)
    const services = await session.caller.read((options) => session.rest.listPagerDuty(account.id, options))
    if (values.output === 'json') io.stdout(JSON.stringify(services, null, 2))
    else if (services.length === 0) io.stdout(`No PagerDuty service is connected to ${titleOf(account)}.`)
    else for (const line of useInManifest(services)) io.stdout(line)
    return exitCode.done
  },
})

const connect = defineVerb({
  name: 'pagerduty connect',
  summary: 'Connects PagerDuty to an account, step by step.',
  usage: ['pagerduty connect [--cloudflare.accounts ACCOUNT] [flags]'],
  table: {
    ...yesOption,
    tokenFile: setting({
      flag: 'token-file',
      kind: orNone(someText('a path', 'PATH')),
      only: 'flag',
      help: 'Integration token of an earlier run: only finishes what that run began.',
    }),
    ...sessionOptions,
  },
  operands: null,
  notes: ['The consent is given at PagerDuty in a browser. Where nobody can, Alertmanager can page instead.'],
  async run(values, _operands, io) {
    const session = await openSession(values, io)
    const account = await theAccount(values.accounts, session)
    const deps = { notifications: session.rest, caller: session.caller }
    const say = (lines: readonly string[]) => {
      for (const line of lines) io.stdout(line)
    }
    if (values.tokenFile === null) {
      if (
        !(await mayGoAhead(`Ask Cloudflare to connect ${titleOf(account)} to PagerDuty?`, values.yes, io))
      ) {
        return exitCode.failure
      }
      const started = await startConnection(deps, account.id)
      session.log.info(
        { audit: true, action: 'connect pagerduty', account_id: account.id, result: 'done' },
        'provision write',
      )
      say(browserSteps({ accountId: account.id, accountTitle: titleOf(account), token: started.token }))
      const answer = await io.ask('Press Enter when PagerDuty says that it is connected: ')
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
    if (!read.ok) throw new UserError(`--token-file: can't read ${values.tokenFile}: ${read.reason}`)
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

export const pagerduty = verbGroup('pagerduty', {
  list: { summary: 'Show what is connected.', verb: list },
  connect: { summary: 'Connect a service, step by step.', verb: connect },
})

function titleOf({ id, name }: Account): string {
  return `account ${name === '' ? id : name}`
}

/** The account that is meant: the one that was named, or the only one that the token sees. */
async function theAccount(named: readonly string[], { rest, caller }: Session): Promise<Account> {
  const [only] = named
  if (named.length > 1) throw new UserError('--cloudflare.accounts: name one account here')
  if (only !== undefined && /^[0-9a-f]{32}$/.test(only)) return { id: only, name: '' }
  const accounts: Account[] = []
  for (let page: number | null = 1; page !== null; ) {
    const number: number = page
    const answer = await caller.read((options) => rest.listAccounts(number, options))
    accounts.push(...answer.items)
    page = answer.next
  }
  const found = only === undefined ? accounts : accounts.filter(({ name }) => name === only)
  const [account] = found
  if (account !== undefined && found.length === 1) return account
  const known = accounts.map(({ name }) => name).join(', ')
  throw new UserError(
    `--cloudflare.accounts: name one of the accounts that the token sees: ${known || 'none'}`,
  )
}
