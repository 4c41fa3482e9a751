import { ApiFailure } from '../errors.ts'
import type { Listing, Page, Unreadable } from '../ports/listing.ts'

/** A listing that is longer than this never ends: no account has 50,000 zones, 50 a page. */
const maxPages = 1_000

/** After so many pages in a row whose objects have no readable id, nobody can tell whether the API repeats itself. */
const maxNamelessPages = 10

export interface PagingRules<T> {
  /** Tells items apart; one that came before is left out. */
  readonly idOf: (item: T) => string
  /** Told of each object that could not be read, with the page that had it. */
  readonly onUnreadable?: (found: readonly Unreadable[]) => void
  readonly maxPages?: number
  /** What to do when there are more pages; a failure unless given. Ends the listing when it returns. */
  readonly onMore?: () => void
}

/**
 * The pages of a listing, one after the other, each with what no page before it had.
 *
 * A full page is followed by another whatever totals say, since they may be 0 beside 25 rows; a page that is not
 * full is the last one unless totals promise more. A page that brings nothing new ends it: an API that repeats
 * itself must not keep us for ever; one of which nothing could be read does not. An empty page straight after a full
 * one (or at the start) where totals promise more is a failure: what is missing would vanish from view.
 * @throws ApiFailure
 */
export async function* pagesOf<T>(
  read: (page: number) => Promise<Page<T>>,
  rules: PagingRules<T>,
): AsyncGenerator<readonly T[], void, void> {
  const max = rules.maxPages ?? maxPages
  const known = new Set<string>()
  const knownOdd = new Set<string>()
  let before: Page<T>['fill'] = 'full'
  let nameless = 0
  for (let number = 1; ; number += 1) {
    const page = await read(number)
    const promised = page.lastPage !== null && number < page.lastPage
    if (page.fill === 'empty') {
      if (promised && before === 'full') throw broken(page, `page ${number} of ${page.lastPage} is empty`)
      return
    }
    const fresh = page.items.filter((item) => isNew(known, rules.idOf(item)))
    const odd = page.unreadable.filter(({ id }) => id === null || isNew(knownOdd, id))
    const came = page.items.length + page.unreadable.length
    if (fresh.length + odd.length === 0 && came > 0) return
    if (odd.length > 0) rules.onUnreadable?.(odd)
    yield fresh
    if (page.fill === 'short' && !promised) return
    nameless = fresh.length === 0 && odd.every(({ id }) => id === null) ? nameless + 1 : 0
    if (number >= max || nameless >= maxNamelessPages) {
      if (rules.onMore === undefined)
        throw broken(
          page,
          number >= max
            ? `it has more than ${max} pages`
            : `nothing can be read of ${nameless} pages in a row`,
        )
      rules.onMore()
      return
    }
    before = page.fill
  }
}

/** Everything that a listing has. @throws ApiFailure when a page is missing: half a list would look like a whole one. */
export async function allPages<T extends { readonly id: string }>(
  read: (page: number) => Promise<Page<T>>,
  rules: Partial<PagingRules<T>> = {},
): Promise<Listing<T>> {
  const items: T[] = []
  const unreadable: Unreadable[] = []
  const onUnreadable = (found: readonly Unreadable[]): void => void unreadable.push(...found)
  for await (const page of pagesOf(read, { idOf: ({ id }) => id, ...rules, onUnreadable }))
    items.push(...page)
  return { items, unreadable }
}

function isNew(known: Set<string>, id: string): boolean {
  if (known.has(id)) return false
  known.add(id)
  return true
}

function broken({ does = 'list pages' }: Page<unknown>, what: string): ApiFailure {
  return new ApiFailure('bad_response', `cannot ${does}: the list is incomplete: ${what}`, {
    operation: does,
  })
}
