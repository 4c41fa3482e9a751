import fc from 'fast-check'
import {
  type Destination,
  destinationFields,
  type FieldValue,
  toDestination,
} from '../../src/domain/destination/destination.ts'
import { type DestinationKind, destinationKindNames, kindSpec } from '../../src/domain/destination/kinds.ts'
import type { FieldSpec } from '../../src/domain/destination/spec.ts'
import { Secret } from '../../src/domain/secret.ts'

/** A name that can stand anywhere: in an address, in a query, in a header. */
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)

/** Secrets are recognisable, so that a test can look for them, and hold everything that needs encoding. */
const secretText = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9]{8}$/), fc.string({ maxLength: 12, unit: 'grapheme' }))
  .map(([core, tail]) => `canary${core}${tail}`)

const plainText = fc.string({ minLength: 1, maxLength: 16, unit: 'grapheme' })

const folder = fc
  .array(fc.oneof(word, fc.constant('{DATE}'), fc.constant('a b%c#d')), { maxLength: 4 })
  .map((parts) => parts.join('/'))

function names(headers: boolean) {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/)
  return fc
    .dictionary(headers ? name : name.map((text) => `p-${text}`), secretText, {
      maxKeys: 4,
      noNullPrototype: true,
    })
    .map((texts) => Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, new Secret(text)])))
}

function urlOf(kind: DestinationKind) {
  const host = kind === 'elastic' ? 'es1.elastic-cloud.com' : 'logs.example.com'
  return secretText.map((text) => new Secret(`https://${host}/${text.replace(/[?#\s]/g, '_')}`))
}

function fieldOf(kind: DestinationKind, spec: FieldSpec): fc.Arbitrary<FieldValue> {
  if (spec.shape === 'url') return urlOf(kind)
  if (spec.values !== undefined) return fc.constantFrom(...Object.keys(spec.values))
  if (spec.shape === 'path') return folder
  switch (spec.type) {
    case 'flag':
      return fc.boolean()
    case 'headers':
    case 'params':
      return names(spec.type === 'headers')
    case 'query':
      return secretText.map((text) => new Secret(`sv=2024&sig=${encodeURIComponent(text)}`))
    case 'text':
      return spec.param === undefined ? word : plainText
    case 'hidden':
    case 'secret':
      return (spec.param === undefined ? word.map((text) => `canary-${text}`) : secretText).map(
        (text) => new Secret(text),
      )
  }
}

function destinationOf(kind: DestinationKind): fc.Arbitrary<Destination> {
  const fields = Object.entries(kindSpec(kind).fields)
  const optional = fields.filter(([, spec]) => !spec.required).map(([name]) => name)
  return fc
    .tuple(
      fc.record(Object.fromEntries(fields.map(([name, spec]) => [name, fieldOf(kind, spec)])), {
        noNullPrototype: true,
      }),
      fc.subarray(optional),
    )
    .map(([values, left]) => {
      const kept = Object.entries(values).filter(([name]) => !left.includes(name))
      const destination = toDestination(kind, new Map(kept))
      if (destination === null) throw new Error(`the generator does not fit ${kind}`)
      return destination
    })
}

/** Any destination of any kind of the table. */
export function anyDestination(): fc.Arbitrary<Destination> {
  return fc.oneof(...destinationKindNames.map(destinationOf))
}

/** Every secret a destination holds, long enough to be looked for. */
export function secretTexts(destination: Destination): readonly string[] {
  const found: string[] = []
  for (const value of destinationFields(destination).values()) {
    if (value instanceof Secret) found.push(value.reveal())
    else if (typeof value === 'object') found.push(...Object.values(value).map((secret) => secret.reveal()))
  }
  return found
}
