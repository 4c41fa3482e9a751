import type * as z from 'zod'
import { type DestinationKind, destinationKindNames, kindSpec } from '../../domain/destination/kinds.ts'
import type { FieldSpec } from '../../domain/destination/spec.ts'
import { refEnv, refFile } from '../resource/reference.ts'
import { anyText, flag, mapping, names, oneOf, referable, secretly, text } from './field.ts'

function destinationField(spec: FieldSpec): z.ZodType {
  if (spec.values !== undefined) {
    const [first = '', ...rest] = Object.keys(spec.values)
    return oneOf(spec.doc, [first, ...rest])
  }
  switch (spec.type) {
    case 'flag':
      return flag(spec.doc)
    case 'headers':
    case 'params':
      return names('a mapping of names to text', `${spec.doc} ${referable}`)
    case 'text':
    case 'hidden':
      return spec.shape === 'path'
        ? anyText(`${spec.doc} ${referable}`)
        : text('a text', `${spec.doc} ${referable}`)
    case 'secret':
    case 'query':
      return text(`a reference such as ${refEnv} or ${refFile}`, `${spec.doc} ${secretly}`)
  }
}

/** `whole`: fields without a default are required. `part`: anything may be left out. */
export type Completeness = 'whole' | 'part'

function kindSchema(kind: DestinationKind, completeness: Completeness) {
  const { title, fields } = kindSpec(kind)
  const shape = Object.entries(fields).map(([name, spec]): [string, z.ZodType] => {
    const schema = destinationField(spec)
    const mayBeLeftOut =
      completeness === 'part' ||
      !spec.required ||
      spec.fallback !== undefined ||
      spec.type === 'headers' ||
      spec.type === 'params'
    return [name, mayBeLeftOut ? schema.optional() : schema]
  })
  return mapping(`a mapping with the fields of ${kind}`, title, Object.fromEntries(shape))
}

export function destinationSchema(completeness: Completeness) {
  const kinds = destinationKindNames.map((kind): [string, z.ZodType] => [
    kind,
    kindSchema(kind, completeness).optional(),
  ])
  const url = text(
    `a destination such as s3://bucket/path, or a reference such as ${refEnv}`,
    `A complete destination_conf, for kinds not listed here. ${secretly}`,
  )
  return mapping('a mapping such as { s3: { … } }', 'Where the logs go: one kind of destination.', {
    ...Object.fromEntries(kinds),
    url: url.optional(),
  })
}
