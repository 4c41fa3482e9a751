/**
 * The names of a certificate (subjectAltName) in Node's text form:
 * `DNS:a.example, IP Address:0:0:0:0:0:0:0:1, URI:"spiffe://a.example/b,c"`. Read from the left, piece by piece, so
 * that no name can be found inside another one. A client says what it likes before it has shown who it is: what cannot
 * be read is no name.
 */
export function certificateNames(text: string): readonly string[] {
  return [...text.matchAll(/(?:, )?([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/gy)].flatMap(
    ([, kind, name = '']) => {
      if (kind === 'IP Address') return name.includes(':') ? shortAddress(name) : [name]
      if (kind !== 'DNS' && kind !== 'URI' && kind !== 'email') return []
      return name.startsWith('"') ? unquoted(name) : [name]
    },
  )
}

function shortAddress(address: string): readonly string[] {
  const url = `http://[${address}]`
  return URL.canParse(url) ? [new URL(url).hostname.slice(1, -1)] : []
}

function unquoted(name: string): readonly string[] {
  try {
    return [String(JSON.parse(name))]
  } catch {
    return []
  }
}
