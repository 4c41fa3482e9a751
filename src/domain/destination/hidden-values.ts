import { redactConf } from './redaction.ts'

/* What of a `destination_conf` is not shown anywhere, so that it can be taken out of texts that quote it. */

/** A part of the path this long is hardly an ordinary word of the text. */
const minPathPart = 5

/**
 * The values that the redacted text of a destination leaves out, as they stand in it: of parameters, however
 * short, of the user and password, and of parts of the path unless they are short.
 */
export function hiddenValues(conf: string): readonly string[] {
  const { redacted } = redactConf(conf)
  const [address, query] = cutAt(conf, '?')
  const [shownAddress, shownQuery] = cutAt(redacted, '?')
  const shownPairs = new Set(shownQuery?.split('&'))
  const values = (query ?? '').split('&').flatMap((pair) => {
    if (shownPairs.has(pair)) return []
    const [name, value] = cutAt(pair, '=')
    return value === undefined ? [name] : [value]
  })
  const [user, place] = cutAt(address.slice(address.indexOf('://') + 3), '@')
  const login = place === undefined ? [] : [cutAt(user, ':')[1] ?? '', ...long(cutAt(user, ':')[0])]
  const shownParts = new Set(shownAddress.split(/[/:@]/))
  const path = address.split(/[/:@]/).filter((part) => !shownParts.has(part))
  return [...values, ...login, ...path.flatMap(long)].filter((value) => value !== '')
}

function long(part: string | undefined): readonly string[] {
  return part !== undefined && part.length >= minPathPart ? [part] : []
}

function cutAt(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}
