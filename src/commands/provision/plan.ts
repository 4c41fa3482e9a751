import { randomBytes } from 'node:crypto'
import { createColors } from 'picocolors'
import { defineCommand } from '../../cli/command.ts'
import type { CommandIo } from '../../cli/command-io.ts'
import { outputOption } from '../../cli/options.ts'
import { exitCode } from '../../errors.ts'
import { probeProofs } from '../../provision/ownership/probe-proofs.ts'
import {
  type PlannedProof,
  plannedProofs,
  proofJson,
  proofNotes,
} from '../../provision/ownership/proof-notes.ts'
import { type GuardName, guardPlan, type Objection } from '../../provision/plan/guard.ts'
import { planJson, type ShownPlan } from '../../provision/plan/plan-json.ts'
import { type Planned, planManifest } from '../../provision/plan/planning.ts'
import { manifestChecksum, savePlan } from '../../provision/plan/saved-plan.ts'
import { sealSecrets } from '../../provision/plan/sealed-secrets.ts'
import { planMarkdown } from '../../provision/report/render-markdown.ts'
import { objectLines } from '../../provision/report/render-object.ts'
import { type Colors, planLines } from '../../provision/report/render-text.ts'
import { setting, switchSetting } from '../../settings/setting.ts'
import { filePath, orNone } from '../../settings/setting-kinds.ts'
import { parseManifest, readManifestTexts } from '../manifest-files.ts'
import { processObjectReader } from './carry-out.ts'
import { memoryOption, openMemory } from './memory.ts'
import { forceOption, manifestOptions, planOptions, resolvingOptions } from './options.ts'
import { writeOut } from './out-file.ts'
import { complainOf, complainOfPlan, warnOf } from './problems.ts'
import { openSession } from './session.ts'

export const command = defineCommand({
  usage: ['-f PATH [flags]', 'NAME... -f PATH [flags]'],
  operands: { what: 'names of objects', max: 100 },
  options: {
    ...manifestOptions,
    output: outputOption('text', 'json', 'markdown'),
    out: setting({
      flag: 'out',
      kind: orNone(filePath),
      only: 'flag',
      help: 'Save the plan to this file; apply then does exactly this or refuses.',
    }),
    detailedExitcode: switchSetting({
      flag: 'detailed-exitcode',
      only: 'flag',
      help: 'Exit with code 2 if there are changes.',
    }),
    ...planOptions,
    offline: switchSetting({
      flag: 'offline',
      only: 'flag',
      help:
        'For a manifest that nobody has reviewed: read no reference but those that name accounts and zones, and ' +
        'compare with what is live all the same. No secret is needed, and none is sent anywhere. What references ' +
        'stand for is not compared, and Cloudflare is asked about no field, destination, alert or token.',
    }),
    ...forceOption,
    ...memoryOption,
    ...resolvingOptions,
  },
  notes: [
    'NAME limits the plan to objects of that name, as --target does, and shows them in full: every field, nothing cut.',
    'Exits with 0; with 2 if there are changes and --detailed-exitcode is given; with 3 if the guard objects; ' +
      'with 65 if the manifest is invalid, or names what Cloudflare does not accept: the plan is shown all the same. ' +
      'What could not be checked is a note.',
  ],
  conflicts: ({ offline, out }) =>
    offline && out !== null
      ? [
          '--out: a plan made with --offline compares no secrets, so it cannot be applied; remove one of the two',
        ]
      : [],
  async run(values, io, { operands }) {
    const texts = readManifestTexts(values.file, io)
    const read = parseManifest(texts)
    if (!read.ok) return complainOf(read.problems, io)
    warnOf(read.warnings, io)
    const session = await openSession(values, io)
    const { rotate, offline } = values
    const targets = [...values.target, ...operands]
    const webhookRecords = await openMemory(values, io, session).webhooks.load()
    const order = { targets, rotate, offline, unread: offline, webhookRecords }
    const planned = await planManifest(read.value, session.planning, order)
    if (!planned.ok) return complainOf(planned.problems, io)
    const { problems } = planned.value
    const objections = objectionsTo(planned.value, values.force)
    const proofs = plannedProofs(planned.value.plan)
    const probed = offline
      ? proofs
      : await probeProofs(proofs, processObjectReader(io), { signal: io.signal })
    if (operands.length > 0 && values.output === 'text') {
      const { plan, desired, actual } = planned.value
      const objects = { changes: plan.changes, desired, actual }
      for (const line of objectLines(objects, operands, colorsOf(io))) io.stdout(line)
      printPlan({ ...planned.value, plan: { ...plan, changes: [] }, objections }, 'text', io, probed)
    } else printPlan({ ...planned.value, objections }, values.output, io, probed)
    const refused = complainOfPlan(problems, io)
    if (refused !== null) {
      if (values.out !== null) io.stderr(`--out: ${values.out} is not written: this plan cannot be applied`)
      return refused
    }
    if (values.out !== null) {
      const manifest = { paths: values.file, checksum: manifestChecksum(texts) }
      const secrets = sealSecrets(planned.value.plan.changes, randomBytes(16).toString('hex'))
      const json = planJson({ ...planned.value, objections })
      writeOut(values.out, savePlan({ manifest, targets, rotate, secrets }, json))
    }
    if (objections.length > 0) return exitCode.guardObjected
    const changes = planned.value.plan.changes.length > 0
    return changes && values.detailedExitcode ? exitCode.planHasChanges : exitCode.done
  },
})

export function objectionsTo(
  { plan, desired, actual }: Planned,
  force: readonly GuardName[],
): readonly Objection[] {
  return guardPlan(plan, { owners: desired.owners, live: actual.resources, force, purpose: 'apply' })
}

/** Prints a plan to stdout, with the proofs of ownership that an apply of it needs. */
export function printPlan(
  given: ShownPlan,
  output: 'text' | 'json' | 'markdown',
  io: CommandIo,
  proofs: readonly PlannedProof[] = plannedProofs(given.plan),
): void {
  const notes = [...given.plan.notes, ...proofNotes(proofs)]
  const shown = { ...given, plan: { ...given.plan, notes }, proofs: proofs.map(proofJson) }
  const lines = {
    json: () => [JSON.stringify(planJson(shown), null, 2)],
    markdown: () => planMarkdown(shown),
    text: () => planLines(shown, colorsOf(io)),
  }
  for (const line of lines[output]()) io.stdout(line)
}

/** Colours on a terminal, unless NO_COLOR is set. */
export function colorsOf(io: Pick<CommandIo, 'terminal' | 'env'>): Colors {
  return createColors(io.terminal.stdout && (io.env.NO_COLOR ?? '') === '')
}
