import { exitCode } from '../../errors.ts'
import { manifestJsonSchema } from '../../provision/manifest/schema.ts'
import { helpOption } from './options.ts'
import { defineVerb } from './verb.ts'

export const schema = defineVerb({
  name: 'schema',
  summary: 'Prints the JSON Schema of manifests.',
  usage: ['schema > manifest.schema.json'],
  table: helpOption,
  operands: null,
  notes: [
    'For completion in an editor with the YAML language server, begin the manifest with: ' +
      '# yaml-language-server: $schema=manifest.schema.json. Put references within { } into quotes there.',
  ],
  async run(_values, _operands, io) {
    io.stdout(JSON.stringify(manifestJsonSchema(), null, 2))
    return exitCode.done
  },
})
