import { readFileSync } from 'node:fs'

/** A command line of a document. */
export interface PrintedCommand {
  readonly document: string
  /** Where it begins, from 1. */
  readonly line: number
  /** The shell block it is part of, counted from 1; null for a command in running text. */
  readonly block: number | null
  /** As printed, with continued lines joined. */
  readonly text: string
}

/** Code in running text is a command when it starts with one of these and has an argument. */
const command =
  /^(?:[A-Z_]+=\S+ )*(?:amtool|aws|curl|docker|helm|journalctl|kubectl|logpush-exporter|node|npm|npx|oc|promtool|systemctl|terraform) +[^\s|]/

const fence = /^\s*```(\w*)\s*$/
const shells = new Set(['sh', 'bash', 'console', 'shell'])

/** Every command that a document prints: the lines of its shell blocks, and commands in running text. */
export function printedCommands(document: string, text = readFileSync(document, 'utf8')): PrintedCommand[] {
  const found: PrintedCommand[] = []
  let inside: 'text' | 'shell' | 'other' = 'text'
  let blocks = 0
  let open = { line: 0, text: '' }
  for (const [index, raw] of text.split('\n').entries()) {
    const language = fence.exec(raw)?.[1]
    if (language !== undefined) {
      inside = inside !== 'text' ? 'text' : shells.has(language) ? 'shell' : 'other'
      if (inside === 'shell') blocks += 1
    } else if (inside === 'text') {
      for (const [, code = ''] of raw.matchAll(/`([^`]+)`/g))
        if (command.test(code)) found.push({ document, line: index + 1, block: null, text: code })
    } else if (inside === 'shell') {
      const part = raw.trim().replace(/^\$ /, '')
      const whole = `${open.text}${part}`
      const line = open.text === '' ? index + 1 : open.line
      const goesOn = whole.endsWith('\\')
      open = goesOn ? { line, text: `${whole.slice(0, -1).trimEnd()} ` } : { line: 0, text: '' }
      if (!goesOn && whole !== '' && !whole.startsWith('#'))
        found.push({ document, line, block: blocks, text: whole })
    }
  }
  return found
}
