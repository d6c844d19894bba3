/** How a line of the ticker looks. Pure. */
import type { IconName } from '@shared/components/AppIcon.vue'
import type { TickerKind, TickerRow } from '@shared/live/wire'

/** `withdrawn`: a person rejected a verdict, or took one back. It is worth nothing, and is no confirmation. */
export type Shown = TickerKind | 'withdrawn'
const ICONS: Record<Shown, IconName> = { mark: 'judge', verdict: 'robot', correction: 'edit', decision: 'done', withdrawn: 'close', amended: 'again', request: 'hand' }

/** A decision without a mark is none that counts. */
export const shownAs = ([, , , , mark, , kind]: TickerRow): Shown => (kind === 'decision' && mark === null ? 'withdrawn' : kind)
/** Whether it tells of a verdict that is worth nothing. */
export const isWorthless = (kind: Shown) => kind === 'withdrawn' || kind === 'amended'
export const iconOf = (kind: Shown): IconName => ICONS[kind] ?? 'info'
