/** Agreement of verdicts and judges, as it is read. Pure. */

import type { Agreement } from './wire'

/** From here on it is said that an aspect could count by itself; who decides is a person. */
export const ENOUGH = 0.95

/** The sign stays with its figure at the end of a line. */
export const percent = (share: number) => `${Math.round(share * 1000) / 10}\u00a0%`

/** Even the lower bound is high, and it doesn't count by itself yet. */
export const ripe = (row: Pick<Agreement, 'low' | 'policy'>) => row.low !== null && row.low >= ENOUGH && row.policy !== 'automatic'
