import { setFlagsFromString } from 'node:v8'

/**
 * Makes the collector run sooner instead of letting the heap grow by what each poll leaves behind. Answers of the
 * API are parsed and thrown away; with the default a process of 10,000 jobs keeps over 80 MB of them around.
 */
export function preferSmallHeap(): void {
  setFlagsFromString('--optimize-for-size')
}
