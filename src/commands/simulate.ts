import { once } from 'node:events'
import { defineCommand } from '../cli/command.ts'
import { exitCode, fileReason, UserError } from '../errors.ts'
import { counted } from '../http/pages/readable.ts'
import { logSettings } from '../settings/log-settings.ts'
import { listSetting, setting, switchSetting } from '../settings/setting.ts'
import {
  type AddressSetting,
  accepted,
  filePath,
  type Kind,
  orNone,
  refused,
  someText,
} from '../settings/setting-kinds.ts'
import { startSimulator, storePath } from '../simulator/server.ts'
import { type FolderStore, openFolderStore } from '../simulator/store/folder-store.ts'
import { findVariant, variantLines } from '../simulator/variant/variant-table.ts'
import type { VariantChoice } from '../simulator/variant/variants.ts'
import { worldNames, worldSpecOf } from '../simulator/world/world-names.ts'
import { listenOption, worldOptions } from './simulated-world.ts'

export interface SimulateOptions {
  /** Without a host, loopback; port 0 picks a free one. */
  readonly listen: AddressSetting
  readonly seed: number
  readonly speed: number
  /** A name that `worldSpecOf` knows. */
  readonly world: string
  /** Folder that stands for the buckets; null: what would be written there is written nowhere. */
  readonly objectStore: string | null
  readonly variants: readonly VariantChoice[]
  /** True: each answer comes in another of the forms that the API is known for. */
  readonly contrary: boolean
}

export interface SimulateIo {
  readonly stdout: (line: string) => void
  readonly signal: AbortSignal
}

/** A variant, everywhere or where a request's path or body holds a text. */
const variantKind: Kind<VariantChoice> = {
  expected: 'the name of a variant, or NAME@TEXT',
  placeholder: 'NAME[@TEXT]',
  read: (text) => {
    const [name = '', ...rest] = text.split('@')
    if (findVariant(name) === null) return refused(text, '--variants lists them')
    return accepted(rest.length === 0 ? { name } : { name, where: rest.join('@') })
  },
  write: ({ name, where }) => (where === undefined ? name : `${name}@${where}`),
}

export const command = defineCommand({
  options: {
    listen: listenOption('127.0.0.1:10198'),
    world: setting({
      flag: 'world',
      kind: someText('the name of a world', 'NAME'),
      default: 'demo',
      only: 'flag',
      help: 'World to simulate: demo, empty or large[:ZONES[,ZONES_WITH_JOBS[,JOBS_PER_ZONE]]].',
    }),
    objectStore: setting({
      flag: 'object-store',
      kind: orNone(filePath),
      only: 'flag',
      help: 'Folder for what Cloudflare writes to buckets, as DIR/BUCKET/KEY. Also served as S3, read-only.',
    }),
    variant: listSetting({
      flag: 'variant',
      kind: variantKind,
      default: '',
      only: 'flag',
      help: 'Form in which to answer, of those the real API is known for. With @TEXT only requests whose path or body holds the text, such as the id of a zone.',
    }),
    contrary: switchSetting({
      flag: 'contrary',
      only: 'flag',
      help: 'Answer in another form from call to call: the same facts, as differently as the real API is known to tell them.',
    }),
    variants: switchSetting({ flag: 'variants', only: 'flag', help: 'List the variants and exit.' }),
    ...worldOptions,
    ...logSettings,
  },
  async run({ listen, variant, variants, ...options }, io) {
    if (variants) {
      variantLines().forEach(io.stdout)
      return exitCode.done
    }
    const [address = { host: '', port: 0 }] = listen
    await simulate({ ...options, listen: address, variants: variant }, io)
    return exitCode.done
  },
})

/**
 * Runs the simulated Cloudflare API until the signal aborts.
 * @throws UserError for a world that does not exist and a folder that cannot be had.
 */
export async function simulate(options: SimulateOptions, io: SimulateIo): Promise<void> {
  const { seed, speed } = options
  const world = worldSpecOf(options.world, seed)
  if (world === null)
    throw new UserError(`--world: expected ${worldNames}, found ${JSON.stringify(options.world)}`)
  const folder = await openFolder(options.objectStore, (line) => tell(line))
  const { host, port } = options.listen
  // What happens before it is said where things are waits until that is said.
  const early: string[] = []
  let tell = (line: string): void => void early.push(line)
  const simulator = await startSimulator({
    seed,
    speed,
    world,
    host: host === '' ? '127.0.0.1' : host,
    port,
    dateHeader: speed !== 1,
    variants: options.variants,
    contrary: options.contrary,
    ...(folder === null ? {} : { folder }),
    onTrouble: (text) => tell(text),
    onNews: ({ atMs, jobName, what }) => tell(`${new Date(atMs).toISOString()} ${jobName}: ${what}`),
  })
  const { origin, url, token } = simulator
  const accounts = simulator.world.accounts()
  const size = [
    counted(accounts.length, 'account'),
    counted(simulator.world.zones().length, 'zone'),
    counted(simulator.world.jobs().length, 'Logpush job'),
  ]
  const lines = [
    `A simulated Cloudflare API: ${size.join(', ')}. To use it from another terminal:`,
    `  export LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL=${url}`,
    `  export CLOUDFLARE_API_TOKEN=${token}`,
    ...accounts.slice(0, 1).map(({ id, name }) => `  export CLOUDFLARE_ACCOUNT_ID=${id}   # ${name}`),
    ...(options.objectStore === null
      ? []
      : [
          `  export AWS_ENDPOINT_URL_S3=${origin}${storePath} AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any`,
          `Files written to buckets are in ${options.objectStore}; the same address serves them read-only.`,
        ]),
    `Ground truth and faults: ${origin}/__sim/truth /__sim/jobs /__sim/faults /__sim/variants /__sim/requests`,
  ]
  lines.forEach(io.stdout)
  tell = io.stdout
  early.forEach(tell)
  if (!io.signal.aborted) await once(io.signal, 'abort')
  await simulator.close()
}

async function openFolder(path: string | null, say: (line: string) => void): Promise<FolderStore | null> {
  if (path === null) return null
  const store = await openFolderStore(path).catch((cause: unknown) => {
    throw new UserError(`--object-store: cannot write to ${path}: ${fileReason(cause)}`, exitCode.usage, {
      cause,
    })
  })
  return {
    ...store,
    async put(bucket, key, body, at) {
      await store.put(bucket, key, body, at)
      // Log files come all the time.
      if (!key.endsWith('.log.gz')) say(`wrote ${bucket}/${key}`)
    },
  }
}
