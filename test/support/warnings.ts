/** The names of the warnings that Node gives while this runs. */
export async function warningsDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
  const given: string[] = []
  const note = ({ name }: Error) => given.push(name)
  process.on('warning', note)
  await work()
  // Node gives a warning one turn later.
  await new Promise(setImmediate)
  process.off('warning', note)
  return given
}
