/** Small words that several screens share. */
import type { IconName } from '@shared/components/AppIcon.vue'
import type { ContestState } from '@shared/live/wire'

export const STATE_TONE = { draft: 'plain', live: 'live', frozen: 'info', review: 'waiting', final: 'done' } as const
export const STATE_ICON: Record<ContestState, IconName> = { draft: 'waiting', live: 'live', frozen: 'frozen', review: 'review', final: 'final' }
