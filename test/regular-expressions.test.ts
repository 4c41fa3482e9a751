import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isNativeError } from 'node:util/types'
import { createContext, Script } from 'node:vm'
import t from 'tap'
import ts from 'typescript'

/*
 * Texts from outside are cut to 2 kB before a pattern sees them. Within twice that, no pattern of src may take long,
 * whatever is in the text: each runs over texts that repeat its own parts, which is what makes a bad one slow. The one
 * that stopped the process took 4 seconds for 3 kB of "token_".
 */

const length = 4_000
const limitMs = 100

interface Pattern {
  readonly text: string
  readonly at: string
}

function patternsOfSource(): readonly Pattern[] {
  const found = new Map<string, string>()
  for (const path of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts')) continue
    const file = ts.createSourceFile(
      path,
      readFileSync(join('src', path), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    )
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) found.set(node.text, path)
      ts.forEachChild(node, visit)
    }
    visit(file)
  }
  return [...found].map(([text, at]) => ({ text, at }))
}

/** What may be repeated in a text: common pieces, and those that the pattern itself names. */
function piecesOf(pattern: string): readonly string[] {
  const words = pattern.match(/[A-Za-z]{2,}/g) ?? []
  const signs = pattern.match(/[^A-Za-z0-9\s\\]/g) ?? []
  const common = [
    'a',
    'A',
    '0',
    ' ',
    '\n',
    '_',
    '-',
    '.',
    'a ',
    'a_',
    'a.',
    'a=',
    'a: ',
    'a://',
    '?a=',
    '&a=',
    `\${env:`,
  ]
  return [
    ...new Set([
      ...common,
      ...words,
      ...words.map((word) => `${word}_`),
      ...signs,
      ...signs.map((sign) => `a${sign}`),
    ]),
  ]
}

const world: { source: string; flags: string; texts: readonly string[]; now: () => number; at: number } = {
  source: '',
  flags: '',
  texts: [],
  now: () => performance.now(),
  at: 0,
}
createContext(world)
/** The longest that the pattern takes for one of the texts, of two tries each: a busy machine is slow now and then. */
const measure = new Script(`
  var worst = { ms: 0, at: 0 }
  for (at = 0; at < texts.length; at += 1) {
    const once = () => {
      const began = now()
      texts[at].replace(new RegExp(source, flags), '')
      return now() - began
    }
    let ms = once()
    for (let again = 0; again < 3 && ms > ${limitMs}; again += 1) ms = Math.min(ms, once())
    if (ms > worst.ms) worst = { ms, at }
  }
  worst.ms + ' ' + worst.at
`)

/** The longest that the pattern takes, 3 s at most, and the piece that the text repeats. */
function slowest(pattern: string): { readonly ms: number; readonly piece: string } {
  const end = pattern.lastIndexOf('/')
  const pieces = piecesOf(pattern)
  Object.assign(world, {
    source: pattern.slice(1, end),
    flags: pattern.slice(end + 1),
    // A last letter that fits nothing makes a pattern for the whole text give up.
    texts: pieces.map((piece) => `${piece.repeat(Math.ceil(length / piece.length)).slice(0, length)}\u0000`),
  })
  try {
    const [ms = 0, at = 0] = String(measure.runInContext(world, { timeout: 3_000 }))
      .split(' ')
      .map(Number)
    return { ms, piece: pieces[at] ?? '' }
  } catch (error) {
    if (!isNativeError(error) || !('code' in error) || error.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw error
    return { ms: 3_000, piece: pieces[world.at] ?? '' }
  }
}

t.test('the check sees what once stopped the process', async (t) => {
  const bad = String.raw`/([\w.-]*(?:secret|token|key)[\w-]*"?\s*[=:]\s*)x/gi`
  t.ok(slowest(bad).ms > limitMs)
  t.ok(slowest('/^(?:a+)+$/').ms > limitMs)
})

t.test(`no pattern takes ${limitMs} ms for 4 kB of its own parts`, { timeout: 200_000 }, async (t) => {
  const patterns = patternsOfSource()
  t.ok(patterns.length > 200, `${patterns.length} patterns`)
  const slow = patterns.flatMap(({ text, at }) => {
    const { ms, piece } = slowest(text)
    return ms > limitMs ? [`${at}: ${text}: ${ms.toFixed(0)} ms for ${JSON.stringify(piece)} repeated`] : []
  })
  t.strictSame(slow, [])
})
