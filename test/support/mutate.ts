/* Makes new inputs out of known ones, for fuzzing. */
import { refEnv, refFile } from '../../src/provision/resource/reference.ts'
import { uniform } from '../../src/simulator/world/prng.ts'

/** A whole number in [0, below). */
export type Draw = (below: number) => number

export function createDraw(seed: number): Draw {
  let count = 0
  return (below) => Math.floor(uniform(seed, ++count, 7) * below)
}

/** Longer inputs take time and show nothing more. */
const maxLength = 30_000

const oddTexts = [
  '',
  '0',
  '-1',
  '1e309',
  '9007199254740993',
  'null',
  '"',
  "'",
  '\\',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\u202e',
  '\ud800',
  '\ufeff',
  '%',
  '%zz',
  '%2F',
  '://',
  '?',
  '&',
  '=',
  '#',
  ':',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '&a ',
  '*a',
  '<<: ',
  '!!binary ',
  '|\n',
  '__proto__',
  'constructor',
  'toString',
  refEnv,
  refFile,
  '$',
  'token=',
  'secret',
  'Basic ',
  '2026-13-45T99:99:99Z',
  '+275760-09-13T00:00:01Z',
]

const oddValues: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e300,
  2 ** 53,
  '',
  '0',
  'x'.repeat(3_000),
  '\u202e\0\ud800',
  [],
  {},
  [[]],
  [null],
  { __proto__: 1 },
  { id: {} },
]

/** Something like one of the inputs, changed in a few places. */
export function mutated(corpus: readonly string[], draw: Draw): string {
  const pick = <T>(list: readonly T[]): T | undefined => list[draw(list.length)]
  let text = pick(corpus) ?? ''
  for (let left = 1 + draw(4); left > 0; left -= 1) {
    const json = draw(2) === 0 ? parsed(text) : undefined
    if (json !== undefined) text = JSON.stringify(changed(json, draw)) ?? ''
    else text = edited(text, pick(corpus) ?? '', draw)
  }
  return text.slice(0, maxLength)
}

function edited(text: string, other: string, draw: Draw): string {
  const at = draw(text.length + 1)
  const end = Math.min(text.length, at + 1 + draw(draw(3) === 0 ? 200 : 8))
  const [before, cut, after] = [text.slice(0, at), text.slice(at, end), text.slice(end)]
  switch (draw(7)) {
    case 0:
      return before + after
    case 1:
      return before + cut.repeat(2 + draw(draw(8) === 0 ? 2_000 : 3)) + after
    case 2:
      return `${before}${oddTexts[draw(oddTexts.length)]}${cut}${after}`
    case 3:
      return `${before}${oddTexts[draw(oddTexts.length)]}${after}`
    case 4:
      return before + String.fromCharCode(draw(4) === 0 ? draw(65_536) : draw(128)) + after
    case 5:
      return before + other.slice(draw(other.length + 1)) + after
    default:
      return before + text.slice(draw(text.length + 1), draw(text.length + 1)) + cut + after
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The value with one part of it replaced, left out, doubled or moved. */
function changed(value: unknown, draw: Draw): unknown {
  const stays = typeof value !== 'object' || value === null || draw(6) === 0
  if (stays) return oddValues[draw(oddValues.length)]
  const entries = Object.entries(value)
  const at = draw(entries.length)
  const [key, inner] = entries[at] ?? ['', null]
  const others = entries.toSpliced(at, 1)
  const next = ((): typeof entries => {
    switch (draw(8)) {
      case 0:
        return others
      case 1:
        return [...others, [`${oddTexts[draw(oddTexts.length)]}`, inner]]
      case 2:
        return entries.map(([name, one], index) => [name, index === at ? entries : one])
      default:
        return entries.map(([name, one], index) => [name, index === at ? changed(inner, draw) : one])
    }
  })()
  if (!Array.isArray(value)) return Object.fromEntries(next)
  const items = next.map(([, one]) => one)
  return key !== '' && draw(10) === 0 ? [...items, ...items] : items
}
