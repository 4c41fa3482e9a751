/** Runs the work soon, after what is already waiting. */
export function defer(work: () => void): void {
  setImmediate(work)
}
