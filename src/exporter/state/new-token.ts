/** For how long after the start a refusal may come from the token's age. */
const youngMs = 60_000

/** What to add to a line about a refusal, by how long the program has run: Cloudflare takes up new tokens by and by. */
export function newTokenNote(upMs: number): string {
  return upMs < youngMs ? '; a new token can take about a minute to work' : ''
}
