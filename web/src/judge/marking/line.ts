/**
 * One line of the sheet as the judge sees it: what the hall sent, what this tablet holds, and what may be done with it. Pure.
 */

import { parseMark } from '@shared/marks'
import { look, notReady, type Draft, type Outbox, type Slot, type SlotState } from '../outbox/outbox'
import type { GivenBefore, MarkValue, Sheet, SheetAspect } from '../wire'
import { faultOf, worth, type ValueFault } from './value'

export interface Line {
  aspect: SheetAspect
  slot: Slot
  state: SlotState
  draft: Draft | null
  /** What the control shows. */
  value: MarkValue | null
  note: string
  /** Of this judge, in hundredths: the hall's figure where it has one, ours until then. */
  given: number | null
  /** The mark that counts now, which a correction would replace. */
  standing: { id: string; value: MarkValue; given: string | null; note: string | null } | null
  /** This judge's mark reached the hall from another tablet while a draft lies here. */
  elsewhere: GivenBefore | null
  correcting: boolean
  fault: ValueFault | null
  /** May it be typed into: own aspects, in an open round, not on its way. */
  editable: boolean
  /** Ready to be submitted. */
  ready: boolean
  /** Something this judge is to fill at all. */
  asked: boolean
}

/** The referee's verdicts on it are kept and count for nothing: a judge marks it. */
const isByHand = (aspect: SheetAspect) => aspect.policy === 'off' || aspect.policy === 'shadow'

/** The referee could not tell, and samples that came late have not shown it since. */
const isOpen = (verdict: SheetAspect['verdicts'][number]) => verdict.outcome === 'undecided' && verdict.standing !== 'amended'

/** Aspects that a person marks. One that the referee judges asks a judge only when the referee could not tell. */
export function isAsked(aspect: SheetAspect): boolean {
  if (aspect.how.kind === 'imported' || aspect.type === 'theory') return false
  const asksJudge = aspect.how.kind !== 'automatic' || isByHand(aspect) || aspect.verdicts.some(isOpen)
  return aspect.mine !== null || (aspect.assigned && asksJudge)
}

export function lineOf(box: Outbox, aspect: SheetAspect, where: Omit<Slot, 'aspect' | 'round'>, fetchedAt: number): Line {
  const slot: Slot = { ...where, aspect: aspect.code, round: aspect.round }
  const held = look(box, slot)
  const mine = aspect.mine && aspect.mine.round === aspect.round ? aspect.mine : null
  const { receipt } = held
  // A receipt younger than the sheet knows more than the sheet.
  const fromReceipt = receipt && (mine === null || mine.id === receipt.mark_id || receipt.acknowledged_at > fetchedAt)
  const settled = fromReceipt
    ? { id: receipt.mark_id, value: receipt.value, given: receipt.given, note: receipt.note }
    : mine
  const standing = held.mark ? { id: held.mark.id, value: held.mark.value, given: null, note: held.mark.note } : settled
  const draft = held.state === 'draft' || held.state === 'refused' ? held.draft : null
  const state: SlotState = held.state === 'blank' && mine ? 'acknowledged' : held.state
  const correcting = draft !== null && draft.replaces !== null
  const elsewhere = draft !== null && draft.replaces === null && mine !== null && mine.id !== draft.mark_id ? mine : null

  const max = parseMark(aspect.max) ?? 0
  const value = draft ? draft.value : (standing?.value ?? null)
  const fault = draft ? faultOf(draft.value, aspect.how, max) : null
  const given = draft || held.mark ? worth(value, aspect.how, max) : settled ? parseMark(settled.given) : null
  const asked = isAsked(aspect)
  const roundOpen = aspect.rounds.length === 0 || aspect.rounds.some((round) => round.round === aspect.round && round.open)
  return {
    aspect, slot, state, draft, value, given, standing, elsewhere, correcting, fault, asked,
    note: draft ? draft.note : (standing?.note ?? ''),
    editable: asked && (draft !== null || (standing === null && roundOpen)),
    ready: draft !== null && notReady(draft) === null && fault === null && elsewhere === null,
  }
}

/** Where a line stands, as a word of `judge`: also for what is not this judge's to fill, which is not blank to him. */
export function standsAs(line: Pick<Line, 'asked' | 'state' | 'aspect'>): string {
  if (line.asked || line.state !== 'blank') return `slot.${line.state}`
  const { how, verdicts } = line.aspect
  if (how.kind === 'imported') return 'side.imported'
  // What the referee could not tell is a judge's, and this one has no seat.
  const asksJudge = isByHand(line.aspect) || verdicts.some(isOpen)
  return how.kind === 'automatic' && !asksJudge ? 'side.referee' : 'ofOthers'
}

export interface Progress {
  asked: number
  filled: number
  /** Hundredths: what this judge has given, drafts included. */
  total: number
  max: number
  ready: Line[]
  unready: Line[]
}

export function progressOf(lines: readonly Line[]): Progress {
  const asked = lines.filter((line) => line.asked)
  return {
    asked: asked.length,
    filled: asked.filter((line) => line.value !== null).length,
    total: asked.reduce((sum, line) => sum + (line.given ?? 0), 0),
    max: asked.reduce((sum, line) => sum + (parseMark(line.aspect.max) ?? 0), 0),
    ready: asked.filter((line) => line.ready),
    unready: asked.filter((line) => line.draft !== null && line.draft.value !== null && !line.ready),
  }
}

/**
 * Aspects that got a mark of this judge between two looks at the sheet without this tablet having sent it: another tablet
 * of his is at work on the same run. A warning, never a lock: tablets break, and the second one must be able to go on.
 */
export function markedElsewhere(before: Sheet | null, now: Sheet, box: Outbox): string[] {
  if (before?.run !== now.run) return []
  const ours = new Set(Object.keys(box.receipts))
  for (const parcel of box.parcels) if (parcel.kind === 'marks') for (const mark of parcel.marks) ours.add(mark.id)
  const seen = new Map(before.aspects.map((aspect) => [aspect.code, aspect.mine?.id]))
  return now.aspects.filter(({ code, mine }) => mine !== null && mine.id !== seen.get(code) && !ours.has(mine.id)).map(({ code }) => code)
}
