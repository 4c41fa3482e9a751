import { defineCommand } from '../../cli/command.ts'
import { exitCode } from '../../errors.ts'
import { manifestJsonSchema } from '../../provision/manifest/schema.ts'

export const command = defineCommand({
  usage: ['> manifest.schema.json'],
  options: {},
  notes: [
    'For completion in an editor with the YAML language server, start the manifest with: ' +
      '# yaml-language-server: $schema=manifest.schema.json. Quote references inside { }.',
  ],
  async run(_values, io) {
    io.stdout(JSON.stringify(manifestJsonSchema(), null, 2))
    return exitCode.done
  },
})
