import type { CommandIo } from '../../cli/command-io.ts'
import { createObjectReader } from '../../objectstore/object-reader.ts'
import type { ObjectReader } from '../../ports/object-reader.ts'
import { storeSettings } from '../object-stores.ts'

/** The reader of challenge files. */
export function processObjectReader({ env }: Pick<CommandIo, 'env'>): ObjectReader {
  return createObjectReader(storeSettings(env))
}
