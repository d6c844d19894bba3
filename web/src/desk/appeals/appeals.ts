/** How an appeal stands, and how that looks. Pure. */
import type { Schemas } from '@shared/api/client'

export type Appeal = Schemas['AppealSeen']
export type Stand = 'open' | 'withdrawn' | 'overdue' | Schemas['AppealDecision']

export function standOf(appeal: Appeal): Stand {
  if (appeal.withdrawn_at) return 'withdrawn'
  if (appeal.answer) return appeal.answer.decision
  return appeal.is_overdue ? 'overdue' : 'open'
}

const LOOKS = {
  open: { tone: 'waiting', icon: 'review' },
  overdue: { tone: 'waiting', icon: 'warning' },
  upheld: { tone: 'done', icon: 'done' },
  partly: { tone: 'done', icon: 'done' },
  rejected: { tone: 'plain', icon: 'close' },
  withdrawn: { tone: 'plain', icon: 'back' },
} as const
export const lookOf = (appeal: Appeal) => LOOKS[standOf(appeal)]
