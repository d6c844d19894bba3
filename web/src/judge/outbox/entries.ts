/** The outbox as a judge reads it: for each run what waits, what is on its way and what came back. Pure. */

import { holdsSomething, inOrder, slotKey, unsent, type Draft, type Failure, type Fault, type Outbox, type Parcel } from './outbox'
import type { MarkSent, MarkValue } from '../wire'

export interface GivenMark {
  aspect: string
  round: number
  value: MarkValue | null
  /** It replaces a mark that stands. */
  corrects: boolean
}

/** What was submitted at once for one run, or came back from it. */
export interface Entry {
  key: string
  contest: string
  run: string
  state: 'queued' | 'sending' | 'refused'
  /** When it was submitted; of a report that came back nobody knows any more. */
  at: number | null
  /** Of what waits: why it has not arrived yet, and how often it was tried. */
  failure: Failure | null
  attempts: number
  what: { kind: 'marks'; marks: GivenMark[] } | { kind: 'report'; text: string; aspect: string | null } | { kind: 'photo'; photo: string; aspect: string | null }
  /** Of marks that came back: the drafts that they are again. */
  drafts: string[]
  /** Of what came back. */
  fault: Fault | null
}

const given = (mark: MarkSent): GivenMark => ({ aspect: mark.aspect, round: mark.round, value: mark.value, corrects: mark.replaces !== null })
const typed = (draft: Draft): GivenMark => ({ aspect: draft.slot.aspect, round: draft.slot.round, value: draft.value, corrects: draft.replaces !== null })

function whatIn(parcel: Parcel): Entry['what'] {
  switch (parcel.kind) {
    case 'marks':
      return { kind: 'marks', marks: parcel.marks.map(given) }
    case 'problem':
      return { kind: 'report', text: parcel.text, aspect: parcel.aspect }
    case 'photo':
      return { kind: 'photo', photo: parcel.photo, aspect: parcel.aspect }
  }
}

function onTheWay(parcel: Parcel): Entry {
  const what = whatIn(parcel)
  return { key: parcel.key, contest: parcel.contest, run: parcel.run, state: parcel.state, at: parcel.submitted_at, failure: parcel.last_failure, attempts: parcel.attempts, what, drafts: [], fault: null }
}

/** Marks that the hall refused, as it refused them: one entry for each reason of a run. */
function cameBack(box: Outbox, account: string): Entry[] {
  const entries = new Map<string, Entry>()
  for (const draft of Object.values(box.drafts)) {
    const { slot, fault } = draft
    if (fault === null || slot.account !== account) continue
    const key = [slot.contest, slot.run, fault.own ? fault.what.zh : ''].join('|')
    const entry = entries.get(key)
    if (entry?.what.kind === 'marks') {
      entry.what.marks.push(typed(draft))
      entry.drafts.push(slotKey(slot))
    } else entries.set(key, { key, contest: slot.contest, run: slot.run, state: 'refused', at: draft.touched_at, failure: null, attempts: 0, what: { kind: 'marks', marks: [typed(draft)] }, drafts: [slotKey(slot)], fault })
  }
  // What was held back by another mark stands behind that one.
  return [...entries.values()].sort((a, b) => Number(b.fault?.own) - Number(a.fault?.own) || (a.at ?? 0) - (b.at ?? 0))
}

/** What came back first: the judge has to do something about it. Then what waits, in the order in which it leaves. */
export function entriesOf(box: Outbox, account: string): Entry[] {
  const reports = Object.values(box.returned).filter((each) => each.account === account)
  return [
    ...reports.map((each): Entry => ({ key: each.key, contest: each.contest, run: each.run, state: 'refused', at: null, failure: null, attempts: 0, what: each.photo ? { kind: 'photo', photo: each.photo, aspect: each.aspect } : { kind: 'report', text: each.text, aspect: each.aspect }, drafts: [], fault: each.fault })),
    ...cameBack(box, account),
    ...inOrder(box, account).map(onTheWay),
  ]
}

/** What this account leaves behind on the tablet when it signs out. */
export interface Held {
  /** Submitted, and not acknowledged. */
  unsent: number
  /** Typed and not submitted, those that came back among them; reports that came back too. */
  drafts: number
}
export function heldBy(box: Outbox, account: string): Held {
  const typedIn = Object.values(box.drafts).filter((draft) => draft.slot.account === account && holdsSomething(draft)).length
  const reports = Object.values(box.returned).filter((each) => each.account === account).length
  return { unsent: unsent(box, account).count, drafts: typedIn + reports }
}

/** How many marks and reports of this account came back with a fault of their own. */
export const returnedCount = (box: Outbox, account: string): number =>
  Object.values(box.returned).filter((each) => each.account === account).length + Object.values(box.drafts).filter(({ slot, fault }) => slot.account === account && fault?.own === true).length
