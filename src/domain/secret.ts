/**
 * A secret from the moment it is read until the moment it is sent.
 * However it is printed (template, JSON, console, a log), it shows `***`; only `reveal()` gives the text.
 */
export class Secret {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  /** The secret itself. Call it only where the text leaves for its destination, never to build a message. */
  reveal(): string {
    return this.#text
  }
  /** Whether two secrets hold the same text. Not constant in time: for comparing our own values. */
  equals(other: Secret): boolean {
    return this.#text === other.#text
  }
  toString(): string {
    return '***'
  }
  toJSON(): string {
    return '***'
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '***'
  }
}

/** The lines of a secret, without those that are empty: a file may hold an old and a new one during rotation. */
export function secretLines(secret: Secret): readonly Secret[] {
  return secret
    .reveal()
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => new Secret(line))
}
