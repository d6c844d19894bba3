/** How a line of the ticker looks. Pure. */
import type { IconName } from '@shared/components/AppIcon.vue'
import type { TickerKind, TickerRow } from '@shared/live/wire'
import { formatMark } from '@shared/marks'

/** `withdrawn`: a person rejected a verdict, or took one back. It is worth nothing, and is no confirmation. */
export type Shown = TickerKind | 'withdrawn'
const ICONS: Record<Shown, IconName> = { mark: 'judge', verdict: 'robot', correction: 'edit', decision: 'done', withdrawn: 'close', amended: 'again', request: 'hand' }

/** A decision without a mark is none that counts. */
export const shownAs = ([, , , , mark, , kind]: TickerRow): Shown => (kind === 'decision' && mark === null ? 'withdrawn' : kind)
/** Whether it tells of a verdict that is worth nothing. */
export const isWorthless = (kind: Shown) => kind === 'withdrawn' || kind === 'amended'
export const iconOf = (kind: Shown): IconName => ICONS[kind] ?? 'info'

/** A mark on a panel, which has no figure of its own yet. `waits`: it is the newest, and the others' marks or a second round are to come. */
export function panelOf(row: TickerRow, rows: readonly TickerRow[]): 'waits' | 'part' | null {
  const isMark = ([, , , , , , kind]: TickerRow) => kind === 'mark' || kind === 'correction'
  const [seq, , entry, aspect, mark] = row
  if (!isMark(row) || mark !== null || aspect === null) return null
  return rows.some((other) => isMark(other) && other[0] > seq && other[2] === entry && other[3] === aspect) ? 'part' : 'waits'
}

/**
 * One verdict of several on its aspect is worth what it adds or takes; the aspect's maximum is not its own. `most`: what they come to
 * together, as the scheme has it; null where a run has one verdict on the aspect.
 */
export function shareOf([, , , , mark, , kind]: TickerRow, most: number | null | undefined): { figure: string; says: 'award' | 'deduction' | 'verdict' } | null {
  if (most == null || mark === null || (kind !== 'verdict' && kind !== 'decision')) return null
  return { figure: mark > 0 ? `+${formatMark(mark)}` : formatMark(mark), says: mark < 0 ? 'deduction' : mark > 0 ? 'award' : 'verdict' }
}
