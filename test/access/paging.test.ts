import t from 'tap'
import { allPages, pagesOf } from '../../src/access/paging.ts'
import { ApiFailure } from '../../src/errors.ts'
import type { Page } from '../../src/ports/listing.ts'
import { pageOf } from '../support/callers.ts'
import { failureOf } from '../support/cloudflare-clients.ts'

interface Item {
  readonly id: string
}

const items = (from: number, to: number): readonly Item[] =>
  Array.from({ length: to - from }, (_, index) => ({ id: `i${from + index}` }))

/** A listing made of exactly these pages; which ones were asked for is noted. */
function listing(...pages: readonly Page<Item>[]) {
  const asked: number[] = []
  const read = async (page: number): Promise<Page<Item>> => {
    asked.push(page)
    return (
      pages[page - 1] ?? {
        items: [],
        unreadable: [],
        fill: 'empty',
        lastPage: pages.at(-1)?.lastPage ?? null,
      }
    )
  }
  return { asked, read, all: () => allPages(read) }
}

const page = (fill: Page<Item>['fill'], some: readonly Item[], lastPage: number | null = null) => ({
  items: some,
  unreadable: [],
  fill,
  lastPage,
})

t.test('a listing with right totals is read page by page to its end', async (t) => {
  for (const size of [0, 1, 49, 50, 51, 120]) {
    const all = items(0, size)
    const read = await allPages(async (number) => pageOf(all, number))
    t.same(read.items, all, `${size} items`)
  }
})

t.test('totals that are too small, or missing, end nothing', async (t) => {
  for (const lastPage of [0, 1, null]) {
    const list = listing(
      page('full', items(0, 25), lastPage),
      page('full', items(25, 50), lastPage),
      page('short', items(50, 60), lastPage),
    )
    t.equal((await list.all()).items.length, 60)
    t.same(list.asked, [1, 2, 3], 'and nothing is asked beyond the short page')
  }
  const even = listing(page('full', items(0, 25), 0))
  t.equal((await even.all()).items.length, 25)
  t.same(even.asked, [1, 2], 'an empty page ends it, too')
})

t.test('a page that is not full ends nothing while totals promise more', async (t) => {
  const list = listing(page('short', items(0, 20), 2), page('short', items(20, 30), 2))
  t.equal((await list.all()).items.length, 30)
  const over = listing(page('short', items(0, 20), 9))
  t.equal((await over.all()).items.length, 20, 'a page short of full and an empty one outweigh the totals')
  t.same(over.asked, [1, 2])
})

t.test('an empty page before the last is a failure', async (t) => {
  const middle = listing(
    page('full', items(0, 50), 3),
    page('empty', [], 3),
    page('short', items(100, 120), 3),
  )
  const failure = await failureOf(middle.all())
  t.match(failure, {
    kind: 'bad_response',
    message: 'cannot list pages: the list is incomplete: page 2 of 3 is empty',
  })
  t.match(await failureOf(listing(page('empty', [], 2)).all()), { message: /page 1 of 2 is empty/ })
  const last = listing(page('full', items(0, 50), 2), page('empty', [], 2))
  t.equal((await last.all()).items.length, 50, 'the last may be empty')
})

t.test('pages of which nothing can be read do not go on for ever', async (t) => {
  const asked: number[] = []
  const odd = { id: null, name: null, field: 'id', leftOut: true }
  const unreadable = async (number: number): Promise<Page<Item>> => {
    asked.push(number)
    return {
      items: [],
      unreadable: Array.from({ length: 50 }, () => odd),
      fill: 'full',
      lastPage: null,
      does: 'list zones',
    }
  }
  t.match(await failureOf(allPages(unreadable)), {
    kind: 'bad_response',
    message: 'cannot list zones: the list is incomplete: nothing can be read of 10 pages in a row',
  })
  t.equal(asked.length, 10)
  const named = await allPages(async (number) => {
    if (number > 25) return page('empty', [])
    return number % 10 === 0 ? page('full', items(number, number + 1)) : unreadable(number)
  })
  t.equal(named.items.length, 2, 'a page with something in between starts anew')
})

t.test('an API that repeats itself ends the listing, and nothing is there twice', async (t) => {
  const asked: number[] = []
  const same = await allPages(async (number) => {
    asked.push(number)
    return page('full', items(0, 50), 1_000_000_000)
  })
  t.equal(same.items.length, 50)
  t.same(asked, [1, 2])
  const moving = listing(
    page('full', items(0, 50)),
    page('full', items(49, 99)),
    page('short', items(98, 100)),
  )
  t.same((await moving.all()).items, items(0, 100), 'what moved from one page to the next is there once')
})

t.test('a page of which nothing could be read is not the end', async (t) => {
  const list = listing(page('full', []), page('short', items(0, 3)))
  t.equal((await list.all()).items.length, 3)
})

t.test('objects that could not be read are told once, and keep a listing going', async (t) => {
  const odd = (id: string | null) => ({ id, name: null, field: 'x', leftOut: true })
  const unread = (...ids: readonly (string | null)[]) => ({ ...page('full', []), unreadable: ids.map(odd) })
  const list = listing(unread('a', null), { ...page('short', items(0, 3)), unreadable: [odd('a'), odd('b')] })
  const all = await list.all()
  t.same(all.items, items(0, 3))
  t.same(
    all.unreadable.map(({ id }) => id),
    ['a', null, 'b'],
  )
  const same = listing(unread('a', 'b'), unread('a', 'b'), unread('c'))
  t.equal((await same.all()).unreadable.length, 2)
  t.same(same.asked, [1, 2], 'an API that repeats itself ends it')
})

t.test('a listing without an end is given up after a thousand pages', async (t) => {
  let asked = 0
  const failure = await failureOf(
    allPages(async (number) => {
      asked += 1
      return page('full', [{ id: `i${number}` }])
    }),
  )
  t.match(failure, { kind: 'bad_response', message: /more than 1000 pages/ })
  t.equal(asked, 1_000)
})

t.test('who needs the first pages only says so, and hears whether there were more', async (t) => {
  const first = async (list: ReturnType<typeof listing>, maxPages: number) => {
    const read: Item[] = []
    let more = 0
    const onMore = (): void => {
      more += 1
    }
    for await (const some of pagesOf(list.read, { idOf: ({ id }) => id, maxPages, onMore }))
      read.push(...some)
    return [read.length, more, list.asked.length]
  }
  const pages = () =>
    listing(page('full', items(0, 50)), page('full', items(50, 100)), page('short', items(100, 101)))
  t.same(await first(pages(), 2), [100, 1, 2])
  t.same(await first(pages(), 3), [101, 0, 3])
  const stopped = pages()
  for await (const _ of pagesOf(stopped.read, { idOf: ({ id }) => id })) break
  t.same(stopped.asked, [1], 'a page is read when it is wanted')
})

t.test('a failure of any page is the failure of the listing', async (t) => {
  const broken = new ApiFailure('unavailable', 'page 2', { operation: 'list' })
  const list = allPages(async (number) => {
    if (number === 2) throw broken
    return page('full', items(0, 50))
  })
  t.equal(await failureOf(list), broken)
})

t.test('an API that repeats a page of one object ends the listing, too', async (t) => {
  const list = listing(page('full', items(0, 1)), page('full', items(0, 1)), page('full', items(1, 2)))
  t.same((await list.all()).items, items(0, 1))
  t.same(list.asked, [1, 2])
})

t.test(
  'objects that cannot be read, with an id or beside others, keep a listing going for long',
  async (t) => {
    const odd = (id: string | null) => ({ id, name: null, field: 'x', leftOut: true })
    const named = await allPages(async (number) =>
      number > 15 ? page('empty', []) : { ...page('full', []), unreadable: [odd(null), odd(`o${number}`)] },
    )
    t.equal(named.unreadable.length, 30)
    const beside = listing(
      { ...page('full', items(0, 1)), unreadable: [odd('a')] },
      page('short', items(1, 2)),
    )
    t.same((await beside.all()).items, items(0, 2))
    t.same(beside.asked, [1, 2])
  },
)

t.test('pages of which everything could be read are told to nobody', async (t) => {
  const told: number[] = []
  const list = listing(page('full', items(0, 50)), {
    ...page('short', items(50, 60)),
    unreadable: [{ id: null, name: null, field: 'x', leftOut: true }],
  })
  const onUnreadable = (found: readonly unknown[]): void => void told.push(found.length)
  for await (const _ of pagesOf(list.read, { idOf: ({ id }) => id, onUnreadable }));
  t.same(told, [1])
})
