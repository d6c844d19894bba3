import { expect, it } from 'vitest'
import { entriesOf, heldBy, returnedCount } from './entries'
import * as box from './outbox'
import { EMPTY, type Outbox, type Slot } from './outbox'

const slot = (aspect: string, run = 'run_1', account = 'acc_li'): Slot => ({ account, contest: 'con_a', run, aspect, round: 1 })
const typed = (start: Outbox, aspect: string, n: number, run = 'run_1', account = 'acc_li') => box.type(start, slot(aspect, run, account), { value: { kind: 'level', level: n } }, { mark_id: `mrk_${run}${aspect}`, now: 100 })
const submitted = (start: Outbox, key: string, now: number) => box.submit(start, Object.keys(start.drafts), { key, now, iso: '' })
const says = (what: string) => ({ zh: what, en: what })
const refusal = { code: 'mark_out_of_range', status: 422, title: says('不行'), detail: says('整批不行'), advice: says('改'), fields: [{ path: 'marks[1].value', detail: says('超过满分') }] }

it('names run, aspect and value of what waits and of what is on its way, in the order in which it leaves', () => {
  let now = submitted(typed(typed(EMPTY, 'A1', 2), 'A2', 0), 'k1', 200)
  now = box.report(now, { account: 'acc_li', contest: 'con_a', run: 'run_2', aspect: 'B1', text: '门锁松动' }, { key: 'k2', now: 300 })
  now = box.fail(box.leave(now, 'k1'), 'k1', 'offline', 900)
  expect(entriesOf(now, 'acc_li')).toMatchObject([
    { key: 'k1', run: 'run_1', state: 'queued', at: 200, failure: 'offline', attempts: 1, what: { kind: 'marks', marks: [{ aspect: 'A1', value: { kind: 'level', level: 2 }, corrects: false }, { aspect: 'A2', value: { kind: 'level', level: 0 } }] } },
    { key: 'k2', run: 'run_2', state: 'queued', at: 300, failure: null, attempts: 0, what: { kind: 'report', text: '门锁松动', aspect: 'B1' } },
  ])
  expect(entriesOf(box.leave(now, 'k2'), 'acc_li')[1]?.state).toBe('sending')
  expect(entriesOf(now, 'acc_wang'), 'never another judge’s').toEqual([])
})

it('what was refused stands first with its reason, and what it held back behind it', () => {
  let now = submitted(typed(typed(EMPTY, 'A1', 2), 'A2', 3), 'k1', 200)
  now = box.refuse(box.leave(now, 'k1'), 'k1', refusal)
  now = submitted(typed({ ...now, drafts: {} }, 'C1', 1, 'run_2'), 'k2', 300).parcels.reduce((all, parcel) => ({ ...all, parcels: [...all.parcels, parcel] }), now)
  expect(entriesOf(now, 'acc_li').map(({ state, run, what, fault }) => [state, run, what.kind === 'marks' && what.marks.map(({ aspect }) => aspect), fault?.own, fault?.what.zh])).toEqual([
    ['refused', 'run_1', ['A2'], true, '超过满分'],
    ['refused', 'run_1', ['A1'], false, '整批不行'],
    ['queued', 'run_2', ['C1'], undefined, undefined],
  ])
  expect(returnedCount(now, 'acc_li'), 'what was only held back is no fault').toBe(1)
})

it('a report that came back keeps its text', () => {
  let now = box.report(EMPTY, { account: 'acc_li', contest: 'con_a', run: 'run_1', aspect: null, text: '停表' }, { key: 'k1', now: 1 })
  now = box.refuse(box.leave(now, 'k1'), 'k1', refusal)
  expect(entriesOf(now, 'acc_li')).toMatchObject([{ state: 'refused', at: null, what: { kind: 'report', text: '停表' }, fault: { own: true } }])
  expect(returnedCount(now, 'acc_li')).toBe(1)
})

it('counts what a judge leaves behind: submitted and not acknowledged, typed and not submitted', () => {
  let now = submitted(typed(typed(EMPTY, 'A1', 2), 'A2', 0), 'k1', 200)
  now = typed(typed(now, 'A3', 1), 'A1', 1, 'run_1', 'acc_wang')
  now = box.type(now, slot('A4'), { value: null }, { mark_id: 'mrk_A4', now: 1 })
  expect([heldBy(now, 'acc_li'), heldBy(now, 'acc_wang'), heldBy(now, 'acc_sun')]).toEqual([{ unsent: 2, drafts: 1 }, { unsent: 0, drafts: 1 }, { unsent: 0, drafts: 0 }])
  // Nothing of it is gone when he goes: the outbox is the tablet's, and leaves when he is back.
  expect(box.nextToSend(now, 'acc_li', 9_999)?.key).toBe('k1')
})

it('marks that came back name the drafts they are again: put away, nothing is sent back any more', () => {
  let now = submitted(typed(typed(EMPTY, 'A1', 2), 'A2', 3), 'k1', 200)
  expect(entriesOf(now, 'acc_li')[0]?.drafts, 'on its way it is none').toEqual([])
  now = box.refuse(box.leave(now, 'k1'), 'k1', refusal)
  now = typed(now, 'A3', 1)
  expect(entriesOf(now, 'acc_li').map(({ drafts }) => drafts)).toEqual([[box.slotKey(slot('A2'))], [box.slotKey(slot('A1'))]])
  now = (entriesOf(now, 'acc_li')[0]?.drafts ?? []).reduce(box.discard, now)
  expect([returnedCount(now, 'acc_li'), heldBy(now, 'acc_li').drafts, Object.keys(now.drafts)]).toEqual([0, 2, [box.slotKey(slot('A1')), box.slotKey(slot('A3'))]])
})
