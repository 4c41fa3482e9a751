/**
 * Waits until every promise has settled, then throws the first failure, if any. Unlike Promise.all it leaves
 * nothing running behind: at shutdown, the store must not be closed under a write.
 */
export async function settleAll(promises: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(promises)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
