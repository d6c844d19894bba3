/** What a contest's plan says of the time ahead, and of a board that stands still. Pure. */
import type { Head } from './wire'

export interface PlannedNote {
  says: 'freezes' | 'frozenSince' | 'ends'
  /** ms. */
  at: number
}

export function plannedOf(head: Head | undefined): PlannedNote[] {
  if (!head || head.state === 'review' || head.state === 'final') return []
  const notes: PlannedNote[] = []
  if (head.state === 'frozen' && head.since) notes.push({ says: 'frozenSince', at: head.since })
  else if (head.freezes_at) notes.push({ says: 'freezes', at: head.freezes_at })
  if (head.ends_at) notes.push({ says: 'ends', at: head.ends_at })
  return notes
}
