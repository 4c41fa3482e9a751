import { createColors } from 'picocolors'
import type { Colors } from '../../src/provision/report/render-text.ts'

/** The colours of an output that is no terminal. */
export const noColors: Colors = createColors(false)
