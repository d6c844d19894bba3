/**
 * What a judge typed and what has become of it. Pure: no network, no storage, no clock.
 *
 * A judge fills slots (one aspect of one run in one round). What he types is a **draft** and stays one until he submits it
 * himself. Submitting packs drafts into a **parcel** with its own Idempotency-Key; parcels leave in order and are repeated
 * with the same key and the same content until the hall answers. An acknowledged mark becomes a **receipt**; a refused
 * parcel dissolves into its drafts again, each with what the hall found wrong with it.
 *
 *     blank → draft → queued → sending → acknowledged
 *               ↑        ↖ retry ↙ ↓
 *               └───── refused ────┘
 *
 * Invariants
 * - Nothing typed ever disappears except by the judge's own act, or because the hall has acknowledged it.
 * - A mark keeps its id until it is acknowledged, so that no order of crashes and repeats gives it twice.
 * - The content of a parcel never changes after it was made; other content is another parcel with another key.
 * - Within a run parcels leave in the order in which they were submitted: a correction never overtakes what it corrects.
 *   Photographs are large and leave behind everything else; none of them keeps anything waiting.
 * - A parcel belongs to the account that submitted it and is never sent in another's name.
 */

import type { Accepted, MarkSent, MarkValue } from '../wire'
import type { ProblemBody as Problem } from '@shared/api/http'

export interface Slot {
  account: string
  contest: string
  run: string
  aspect: string
  round: number
}

/** What the hall, or this tablet, found wrong with a draft. */
export interface Fault {
  code: string
  what: { zh: string; en: string }
  advice: { zh: string; en: string } | null
  /** False where another mark of the same parcel was at fault and held this one back. */
  own: boolean
}

export interface Draft {
  slot: Slot
  mark_id: string
  /** Null is a blank: a note may already be there, a mark not yet. A given 0 is a value. */
  value: MarkValue | null
  note: string
  replaces: string | null
  reason: string
  touched_at: number
  fault: Fault | null
}

interface ParcelHead {
  /** The Idempotency-Key; also the parcel's name on this tablet. */
  key: string
  seq: number
  account: string
  contest: string
  run: string
  submitted_at: number
  state: 'queued' | 'sending'
  /** How often it may have reached the hall. */
  attempts: number
  next_try_at: number
  last_failure: Failure | null
}

export interface MarksParcel extends ParcelHead {
  kind: 'marks'
  marks: MarkSent[]
}

export interface ProblemParcel extends ParcelHead {
  kind: 'problem'
  text: string
  aspect: string | null
}

/** A photograph on its way; the picture lies beside the outbox, under its id. */
export interface PhotoParcel extends ParcelHead {
  kind: 'photo'
  photo: string
  of: PhotoOf
  /** Null for the run as a whole. */
  aspect: string | null
  /** When it was taken, as the hall reads it. */
  at: string
}
export type PhotoOf = 'mark' | 'problem'

export type Parcel = MarksParcel | ProblemParcel | PhotoParcel

export type Failure = 'offline' | 'hall_busy' | 'sign_in' | 'unclear'

export interface Receipt {
  mark_id: string
  slot: Slot
  value: MarkValue
  note: string | null
  given: string
  position: number
  replaces: string | null
  acknowledged_at: number
}

/** A problem report that the hall refused: its text is kept until the judge has seen it. A photograph likewise. */
export interface ReturnedReport {
  key: string
  account: string
  contest: string
  run: string
  aspect: string | null
  text: string
  photo?: string
  fault: Fault
}

export interface Outbox {
  readonly drafts: Readonly<Record<string, Draft>>
  readonly parcels: readonly Parcel[]
  readonly receipts: Readonly<Record<string, Receipt>>
  readonly returned: Readonly<Record<string, ReturnedReport>>
}

export const EMPTY: Outbox = { drafts: {}, parcels: [], receipts: {}, returned: {} }

export function slotKey(slot: Slot): string {
  return [slot.account, slot.contest, slot.run, slot.aspect, slot.round].join('|')
}

/** The judge changed something in a slot. What is left out stays as it was. */
export function type(
  box: Outbox,
  slot: Slot,
  input: { value?: MarkValue | null; note?: string; reason?: string; replaces?: string | null },
  fresh: { mark_id: string; now: number },
): Outbox {
  const key = slotKey(slot)
  const before = box.drafts[key]
  const draft: Draft = {
    slot,
    mark_id: before?.mark_id ?? fresh.mark_id,
    value: input.value !== undefined ? input.value : (before?.value ?? null),
    note: input.note ?? before?.note ?? '',
    replaces: input.replaces !== undefined ? input.replaces : (before?.replaces ?? null),
    reason: input.reason ?? before?.reason ?? '',
    touched_at: fresh.now,
    // Changing the value answers a fault; adding a note doesn't.
    fault: input.value !== undefined || input.reason !== undefined ? null : (before?.fault ?? null),
  }
  return { ...box, drafts: { ...box.drafts, [key]: draft } }
}

/** The judge threw a draft away. */
export function discard(box: Outbox, key: string): Outbox {
  if (!box.drafts[key]) return box
  return { ...box, drafts: without(box.drafts, key) }
}

/** Why a draft can't be submitted as it stands, or null. */
export function notReady(draft: Draft): 'blank' | 'needs_reason' | null {
  if (draft.value === null) return 'blank'
  if (draft.replaces !== null && draft.reason.trim() === '') return 'needs_reason'
  return null
}

/**
 * The judge submitted these drafts of one run. Those that are not ready stay drafts; with none left there is no parcel.
 */
export function submit(box: Outbox, keys: readonly string[], at: { key: string; now: number; iso: string }): Outbox {
  const ready = keys.map((key) => box.drafts[key]).filter((draft): draft is Draft => !!draft && notReady(draft) === null)
  const first = ready[0]
  if (!first) return box
  const { account, contest, run } = first.slot
  const own = ready.filter(
    (draft) => draft.slot.account === account && draft.slot.contest === contest && draft.slot.run === run,
  )
  const parcel: MarksParcel = {
    kind: 'marks',
    ...head(box, at, account, contest, run),
    marks: own.map((draft) => ({
      id: draft.mark_id,
      run,
      aspect: draft.slot.aspect,
      round: draft.slot.round,
      value: draft.value as MarkValue,
      note: draft.note.trim() === '' ? null : draft.note.trim(),
      replaces: draft.replaces,
      reason: draft.replaces === null ? null : draft.reason.trim(),
      at: at.iso,
    })),
  }
  const drafts = { ...box.drafts }
  for (const draft of own) delete drafts[slotKey(draft.slot)]
  return { ...box, drafts, parcels: [...box.parcels, parcel] }
}

/** "I see a problem". */
export function report(
  box: Outbox,
  what: { account: string; contest: string; run: string; aspect: string | null; text: string },
  at: { key: string; now: number },
): Outbox {
  const parcel: ProblemParcel = {
    kind: 'problem',
    ...head(box, at, what.account, what.contest, what.run),
    text: what.text,
    aspect: what.aspect,
  }
  return { ...box, parcels: [...box.parcels, parcel] }
}

/** A photograph was taken, and its picture is kept on the tablet. Taken in once more, after a crash, it is the same. */
export function photograph(
  box: Outbox,
  what: { account: string; contest: string; run: string; aspect: string | null; of: PhotoOf; photo: string; at: string },
  at: { key: string; now: number },
): Outbox {
  if (photosHeld(box).has(what.photo)) return box
  const { account, contest, run, aspect, of, photo } = what
  const parcel: PhotoParcel = { kind: 'photo', ...head(box, at, account, contest, run), photo, of, aspect, at: what.at }
  return { ...box, parcels: [...box.parcels, parcel] }
}

/** Whose pictures are needed: those that wait, and those that came back. */
export function photosHeld(box: Outbox): Set<string> {
  const waiting = box.parcels.flatMap((parcel) => (parcel.kind === 'photo' ? [parcel.photo] : []))
  return new Set([...waiting, ...Object.values(box.returned).flatMap((each) => each.photo ?? [])])
}

function head(
  box: Outbox,
  at: { key: string; now: number },
  account: string,
  contest: string,
  run: string,
): Omit<ParcelHead, 'kind'> {
  return {
    key: at.key,
    seq: box.parcels.reduce((top, parcel) => Math.max(top, parcel.seq), 0) + 1,
    account,
    contest,
    run,
    submitted_at: at.now,
    state: 'queued',
    attempts: 0,
    next_try_at: at.now,
    last_failure: null,
  }
}

/** The judge takes a parcel back. Only one that can't have reached the hall yet; any other stays as it is. */
export function withdraw(box: Outbox, key: string): Outbox {
  const parcel = box.parcels.find((each) => each.key === key)
  if (!parcel || parcel.state !== 'queued' || parcel.attempts > 0) return box
  const rest = { ...box, parcels: box.parcels.filter((each) => each !== parcel) }
  return parcel.kind === 'marks' ? freeCorrections(backToDrafts(rest, parcel, () => null), parcel, box) : rest
}

/** After a start: whether an interrupted parcel arrived is unknown, so it goes again with the same key. */
export function restart(box: Outbox): Outbox {
  if (!box.parcels.some((parcel) => parcel.state === 'sending')) return box
  return {
    ...box,
    parcels: box.parcels.map((parcel) => (parcel.state === 'sending' ? { ...parcel, state: 'queued', next_try_at: 0 } : parcel)),
  }
}

/** The next parcel of this account that may leave now. */
export function nextToSend(box: Outbox, account: string, now: number): Parcel | null {
  const busy = new Set<string>()
  const mine = inOrder(box, account)
  for (const parcel of [...mine.filter((each) => each.kind !== 'photo'), ...mine.filter((each) => each.kind === 'photo')]) {
    const lane = laneOf(parcel)
    if (parcel.state === 'queued' && parcel.next_try_at <= now && !busy.has(lane)) return parcel
    busy.add(lane)
  }
  return null
}

/** What leaves one after the other. */
const laneOf = (parcel: Parcel) => (parcel.kind === 'photo' ? `photo|${parcel.photo}` : `${parcel.contest}|${parcel.run}`)

/** When something of this account is to be tried again, or null when nothing waits. */
export function nextTryAt(box: Outbox, account: string): number | null {
  const firstOfLane = new Map<string, Parcel>()
  for (const parcel of inOrder(box, account)) {
    const lane = laneOf(parcel)
    if (!firstOfLane.has(lane)) firstOfLane.set(lane, parcel)
  }
  const times = [...firstOfLane.values()].filter((parcel) => parcel.state === 'queued').map((parcel) => parcel.next_try_at)
  return times.length === 0 ? null : Math.min(...times)
}

export function leave(box: Outbox, key: string): Outbox {
  return change(box, key, (parcel) => ({ ...parcel, state: 'sending', attempts: parcel.attempts + 1 }))
}

/** No answer, or one that says "later". The parcel stays, unchanged, for another try. */
export function fail(box: Outbox, key: string, failure: Failure, next_try_at: number): Outbox {
  return change(box, key, (parcel) => ({ ...parcel, state: 'queued', last_failure: failure, next_try_at }))
}

/** Try at once: the network came back, somebody signed in, or the judge asked for it. */
export function hurry(box: Outbox, account: string, now: number): Outbox {
  if (!box.parcels.some((parcel) => parcel.account === account && parcel.state === 'queued' && parcel.next_try_at > now)) {
    return box
  }
  return {
    ...box,
    parcels: box.parcels.map((parcel) =>
      parcel.account === account && parcel.state === 'queued' ? { ...parcel, next_try_at: now } : parcel,
    ),
  }
}

/**
 * The hall took a parcel. Marks it names become receipts; should it have left one out, that one goes again in a parcel of
 * its own (`again`), with the same mark id.
 */
export function acknowledge(
  box: Outbox,
  key: string,
  accepted: readonly Accepted[],
  at: { now: number; again: string; again_at: number },
): Outbox {
  const parcel = box.parcels.find((each) => each.key === key)
  if (!parcel) return box
  const rest = box.parcels.filter((each) => each !== parcel)
  if (parcel.kind !== 'marks') return { ...box, parcels: rest }

  const taken = new Map(accepted.map((each) => [each.id, each]))
  const receipts = { ...box.receipts }
  for (const mark of parcel.marks) {
    const answer = taken.get(mark.id)
    if (answer) receipts[mark.id] = receiptOf(parcel, mark, answer, at.now)
  }
  const left = parcel.marks.filter((mark) => !taken.has(mark.id))
  if (left.length === 0) return { ...box, parcels: rest, receipts }
  const again: MarksParcel = {
    ...parcel,
    key: at.again,
    marks: left,
    state: 'queued',
    next_try_at: at.again_at,
    last_failure: 'unclear',
  }
  return { ...box, parcels: box.parcels.map((each) => (each === parcel ? again : each)), receipts }
}

function receiptOf(parcel: MarksParcel, mark: MarkSent, answer: Accepted, now: number): Receipt {
  return {
    mark_id: mark.id,
    slot: { account: parcel.account, contest: parcel.contest, run: parcel.run, aspect: mark.aspect, round: mark.round },
    value: mark.value,
    note: mark.note,
    given: answer.given,
    position: answer.position,
    replaces: mark.replaces,
    acknowledged_at: now,
  }
}

/** The hall refused a parcel for good. Its marks are drafts again, with the fault at the one it names. */
export function refuse(box: Outbox, key: string, problem: Problem): Outbox {
  const parcel = box.parcels.find((each) => each.key === key)
  if (!parcel) return box
  const rest = { ...box, parcels: box.parcels.filter((each) => each !== parcel) }
  const whole: Fault = {
    code: problem.code,
    what: problem.detail ?? problem.title,
    advice: problem.advice ?? null,
    own: true,
  }
  if (parcel.kind !== 'marks') {
    const { account, contest, run, aspect } = parcel
    const what = parcel.kind === 'photo' ? { text: '', photo: parcel.photo } : { text: parcel.text }
    return { ...rest, returned: { ...rest.returned, [key]: { key, account, contest, run, aspect, ...what, fault: whole } } }
  }
  const named = new Map<number, Fault>()
  for (const field of problem.fields ?? []) {
    const at = /^marks\[(\d+)\]/.exec(field.path)
    if (at) named.set(Number(at[1]), { ...whole, what: field.detail })
  }
  const dissolved = backToDrafts(rest, parcel, (at) => {
    if (named.size === 0) return whole
    return named.get(at) ?? { ...whole, own: false }
  })
  return freeCorrections(dissolved, parcel, box)
}

/**
 * Corrections that wait behind a mark that never counted have nothing to replace: they come back as drafts, and replace what
 * that mark was to replace. A draft that stood `before` is newer than all of them and keeps what the judge typed last.
 */
function freeCorrections(box: Outbox, refused: MarksParcel, before: Outbox): Outbox {
  const gone = new Map(refused.marks.map((mark) => [mark.id, mark.replaces]))
  let now = box
  for (const parcel of inOrder(box, refused.account)) {
    if (parcel.kind !== 'marks' || parcel.state !== 'queued') continue
    if (!parcel.marks.some((mark) => mark.replaces !== null && gone.has(mark.replaces))) continue
    now = { ...now, parcels: now.parcels.filter((each) => each.key !== parcel.key) }
    const drafts = { ...now.drafts }
    for (const mark of parcel.marks) {
      const slot = slotOf(parcel, mark)
      const key = slotKey(slot)
      const base = drafts[key]
      const replaces = standing(gone, mark.replaces)
      gone.set(mark.id, replaces)
      const newest = before.drafts[key]
      drafts[key] = newest
        ? { ...newest, replaces: standing(gone, newest.replaces), fault: base?.fault ?? newest.fault }
        : {
            slot,
            mark_id: base?.mark_id ?? mark.id,
            value: mark.value,
            note: mark.note ?? '',
            replaces,
            reason: mark.reason ?? '',
            touched_at: base?.touched_at ?? parcel.submitted_at,
            fault: base?.fault ?? null,
          }
    }
    now = { ...now, drafts }
  }
  return now
}

/** What a correction replaces when the marks in `gone` never counted. */
function standing(gone: ReadonlyMap<string, string | null>, replaces: string | null): string | null {
  let id = replaces
  while (id !== null && gone.has(id)) id = gone.get(id) ?? null
  return id
}

function backToDrafts(box: Outbox, parcel: MarksParcel, faultAt: (index: number) => Fault | null): Outbox {
  const drafts = { ...box.drafts }
  parcel.marks.forEach((mark, index) => {
    const slot = slotOf(parcel, mark)
    const key = slotKey(slot)
    const newer = drafts[key]
    // What the judge typed since is newer than what comes back; only the fault is added to it.
    drafts[key] = newer
      ? { ...newer, replaces: newer.replaces === mark.id ? mark.replaces : newer.replaces, fault: faultAt(index) }
      : {
          slot,
          mark_id: mark.id,
          value: mark.value,
          note: mark.note ?? '',
          replaces: mark.replaces,
          reason: mark.reason ?? '',
          touched_at: parcel.submitted_at,
          fault: faultAt(index),
        }
  })
  return { ...box, drafts }
}

/** The judge has read why his report came back. */
export function putAway(box: Outbox, key: string): Outbox {
  return box.returned[key] ? { ...box, returned: without(box.returned, key) } : box
}

/** Receipts are only needed until the hall's own sheets show their marks; old ones are dropped to keep the tablet light. */
export function forgetReceipts(box: Outbox, before: number): Outbox {
  const kept = Object.entries(box.receipts).filter(([, receipt]) => receipt.acknowledged_at >= before)
  return kept.length === Object.keys(box.receipts).length ? box : { ...box, receipts: Object.fromEntries(kept) }
}

export type SlotState = 'blank' | 'draft' | 'refused' | 'queued' | 'sending' | 'acknowledged'

/** A cleared correction is still one: its reason is there, and it waits for another value or to be put away. */
export function holdsSomething(draft: Draft): boolean {
  return draft.value !== null || draft.note !== '' || draft.replaces !== null || draft.reason !== ''
}

/** Where a slot stands, seen from this tablet; `parcel` when its mark is on the way. */
export function look(box: Outbox, slot: Slot): { state: SlotState; draft: Draft | null; mark: MarkSent | null; parcel: MarksParcel | null; receipt: Receipt | null } {
  const draft = box.drafts[slotKey(slot)] ?? null
  let mark: MarkSent | null = null
  let parcel: MarksParcel | null = null
  for (const each of inOrder(box, slot.account)) {
    if (each.kind !== 'marks' || each.contest !== slot.contest || each.run !== slot.run) continue
    const found = each.marks.find((one) => one.aspect === slot.aspect && one.round === slot.round)
    if (found) [mark, parcel] = [found, each]
  }
  let receipt: Receipt | null = null
  for (const each of Object.values(box.receipts)) {
    if (slotKey(each.slot) === slotKey(slot) && (!receipt || each.position > receipt.position)) receipt = each
  }
  const typed = draft !== null && holdsSomething(draft)
  const state: SlotState = typed
    ? draft.fault
      ? 'refused'
      : 'draft'
    : parcel
      ? parcel.state
      : receipt
        ? 'acknowledged'
        : 'blank'
  return { state, draft, mark, parcel, receipt }
}

export interface Unsent {
  /** Marks and reports that were submitted and are not acknowledged. */
  count: number
  /** Since when the oldest of them waits. */
  since: number | null
  failure: Failure | null
}

export function unsent(box: Outbox, account: string): Unsent {
  const mine = inOrder(box, account)
  return {
    count: mine.reduce((sum, parcel) => sum + (parcel.kind === 'marks' ? parcel.marks.length : 1), 0),
    since: mine.length === 0 ? null : Math.min(...mine.map((parcel) => parcel.submitted_at)),
    failure: mine.find((parcel) => parcel.last_failure !== null)?.last_failure ?? null,
  }
}

/** What other accounts left on this tablet: shown, so that somebody signs them in, and never sent by another. */
export function leftByOthers(box: Outbox, account: string): Record<string, number> {
  const others: Record<string, number> = {}
  for (const parcel of box.parcels) {
    if (parcel.account === account) continue
    others[parcel.account] = (others[parcel.account] ?? 0) + (parcel.kind === 'marks' ? parcel.marks.length : 1)
  }
  return others
}

export function draftsOf(box: Outbox, account: string, contest: string, run: string): Draft[] {
  return Object.values(box.drafts).filter(
    ({ slot }) => slot.account === account && slot.contest === contest && slot.run === run,
  )
}

export function inOrder(box: Outbox, account: string): Parcel[] {
  return box.parcels.filter((parcel) => parcel.account === account).sort((a, b) => a.seq - b.seq)
}

function change(box: Outbox, key: string, how: (parcel: Parcel) => Parcel): Outbox {
  return { ...box, parcels: box.parcels.map((parcel) => (parcel.key === key ? how(parcel) : parcel)) }
}

function slotOf(parcel: MarksParcel, mark: MarkSent): Slot {
  return { account: parcel.account, contest: parcel.contest, run: parcel.run, aspect: mark.aspect, round: mark.round }
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = record
  return rest
}
