/** How a verdict looks wherever the desk shows one. */

import type { IconName } from '@shared/components/AppIcon.vue'

type Tone = 'done' | 'live' | 'waiting' | 'plain'
const LOOKS: Record<string, { tone: Tone; icon: IconName }> = {
  met: { tone: 'done', icon: 'done' },
  missed: { tone: 'live', icon: 'close' },
  undecided: { tone: 'waiting', icon: 'info' },
}
export const lookOf = (outcome: string) => LOOKS[outcome] ?? { tone: 'plain' as const, icon: 'info' as const }

/** What it is worth. Null while the referee could not tell: then a judge marks, and 0.00 would be a lie. */
export const worthOf = <Mark>(verdict: { outcome: string; marks: Mark }): Mark | null => (verdict.outcome === 'undecided' ? null : verdict.marks)

/** It was found, and doesn't hold or doesn't count any more: a person rejected it or took it back, or samples that came late withdrew it. */
export const hasLapsed = (verdict: { standing?: string }): boolean => verdict.standing === 'rejected' || verdict.standing === 'amended'

/** How it stands, as a word of `desk.standing`. */
export const standingOf = (standing: string, { waits, taken_back }: { waits?: boolean | undefined; taken_back?: boolean | undefined }): string => (waits ? 'waiting' : taken_back && standing !== 'amended' ? 'taken_back' : standing)
