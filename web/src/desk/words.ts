/** Small words that several screens share. */
import type { IconName } from '@shared/components/AppIcon.vue'
import type { ListedState } from '@shared/live/wire'

export const STATE_TONE = { draft: 'plain', live: 'live', frozen: 'info', review: 'waiting', final: 'done', damaged: 'waiting' } as const
export const STATE_ICON: Record<ListedState, IconName> = { draft: 'waiting', live: 'live', frozen: 'frozen', review: 'review', final: 'final', damaged: 'warning' }
