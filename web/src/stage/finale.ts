/** Words of a contest that is over: nothing is awaited any more, and nobody is still in the lead. Pure. */
import type { ContestState } from '@shared/live/wire'

/** Those that say something else at the end; its words stand under `end`. */
export const SAID_AT_END = [
  'ticker.title', 'ticker.none', 'competitor.standing', 'competitor.gap', 'competitor.first', 'competitor.nothing', 'aspect.waiting', 'aspect.undecided', 'aspect.to_confirm',
  'board.empty', 'venue.closed', 'mine.waits', 'mine.noRun',
] as const
const ENDS: ReadonlySet<string> = new Set(SAID_AT_END)

export const isOver = (state: ContestState | undefined) => state === 'final'
export const wordFor = (key: string, state: ContestState | undefined) => (isOver(state) && ENDS.has(key) ? `end.${key}` : key)
