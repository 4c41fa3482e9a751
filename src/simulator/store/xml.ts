/* As much XML as S3's answers need: elements that hold a text or elements. */

export interface Element {
  readonly xml: string
}

export function element(name: string, inside: string | readonly Element[]): Element {
  const content = typeof inside === 'string' ? escapeXml(inside) : inside.map(({ xml }) => xml).join('')
  return { xml: `<${name}>${content}</${name}>` }
}

export function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => entities[character] ?? '')
    .replace(/[\p{Cc}]/gu, (character) => `&#x${character.charCodeAt(0).toString(16)};`)
}
