import { describe, expect, it } from 'vitest'
import type { ProblemBody } from '@shared/api/http'
import * as box from './outbox'
import { EMPTY, type MarksParcel, type Outbox, type Slot } from './outbox'

const slot = (aspect: string, round = 1, run = 'run_1'): Slot => ({ account: 'acc_li', contest: 'con_a', run, aspect, round })
const level = (n: number) => ({ kind: 'level' as const, level: n })
const typed = (start: Outbox, aspect: string, n: number, id = `mrk_${aspect}`, more = {}) =>
  box.type(start, slot(aspect), { value: level(n), ...more }, { mark_id: id, now: 100 })
const submitAll = (start: Outbox, key: string, now = 200) =>
  box.submit(start, Object.keys(start.drafts), { key, now, iso: '2026-11-22T08:00:00.000Z' })
const accepted = (...aspects: string[]) =>
  aspects.map((aspect, at) => ({ id: `mrk_${aspect}`, aspect, given: '2.00', position: 10 + at }))
const problem = (code: string, fields: ProblemBody['fields'] = []): ProblemBody => ({
  code,
  status: 422,
  title: { zh: '不行', en: 'No' },
  detail: { zh: '整批不行', en: 'All of it' },
  advice: { zh: '改', en: 'Mend it' },
  fields,
})
const again = { now: 300, again: 'key_again', again_at: 5000 }

describe('typing', () => {
  it('keeps a given 0 apart from a blank', () => {
    let now = typed(EMPTY, 'A1', 0)
    now = box.type(now, slot('A2'), { note: '没看清' }, { mark_id: 'mrk_A2', now: 100 })
    now = submitAll(now, 'k1')
    expect((now.parcels[0] as MarksParcel).marks.map((mark) => [mark.aspect, mark.value])).toEqual([['A1', level(0)]])
    expect(now.drafts[box.slotKey(slot('A2'))]?.note).toBe('没看清')
  })

  it('keeps the mark id over every change until it is acknowledged', () => {
    let now = typed(typed(EMPTY, 'A1', 1), 'A1', 3, 'mrk_other')
    expect(Object.values(now.drafts)[0]?.mark_id).toBe('mrk_A1')
    now = box.refuse(box.leave(submitAll(now, 'k1'), 'k1'), 'k1', problem('mark_out_of_range'))
    expect(Object.values(now.drafts)[0]?.mark_id).toBe('mrk_A1')
  })

  it('does not submit a correction without a reason', () => {
    let now = typed(EMPTY, 'A1', 2, 'mrk_new', { replaces: 'mrk_old' })
    expect(submitAll(now, 'k1').parcels).toEqual([])
    now = box.type(now, slot('A1'), { reason: '看错扳手' }, { mark_id: '-', now: 1 })
    expect((submitAll(now, 'k1').parcels[0] as MarksParcel).marks[0]).toMatchObject({ replaces: 'mrk_old', reason: '看错扳手' })
  })
})

describe('the way of a parcel', () => {
  it('goes blank, draft, queued, sending, acknowledged', () => {
    const states = [EMPTY, typed(EMPTY, 'A1', 2)]
    states.push(submitAll(states[1]!, 'k1'))
    states.push(box.leave(states[2]!, 'k1'))
    states.push(box.acknowledge(states[3]!, 'k1', accepted('A1'), again))
    expect(states.map((state) => box.look(state, slot('A1')).state)).toEqual(['blank', 'draft', 'queued', 'sending', 'acknowledged'])
    expect(states.map((state) => box.unsent(state, 'acc_li').count)).toEqual([0, 0, 1, 1, 0])
  })

  it('repeats the same key and content when the answer was lost', () => {
    const sent = box.leave(submitAll(typed(EMPTY, 'A1', 2), 'k1'), 'k1')
    const back = box.fail(sent, 'k1', 'offline', 900)
    expect(back.parcels[0]).toMatchObject({ key: 'k1', state: 'queued', attempts: 1, next_try_at: 900 })
    expect((back.parcels[0] as MarksParcel).marks).toBe((sent.parcels[0] as MarksParcel).marks)
    expect(box.nextToSend(back, 'acc_li', 899)).toBeNull()
    expect(box.nextToSend(back, 'acc_li', 900)?.key).toBe('k1')
  })

  it('treats a parcel caught by a crash as possibly arrived', () => {
    const after = box.restart(box.leave(submitAll(typed(EMPTY, 'A1', 2), 'k1'), 'k1'))
    expect(box.nextToSend(after, 'acc_li', 0)?.key).toBe('k1')
    expect(box.withdraw(after, 'k1')).toBe(after)
  })

  it('lets the judge take back only what has not left', () => {
    const queued = submitAll(typed(EMPTY, 'A1', 2), 'k1')
    const taken = box.withdraw(queued, 'k1')
    expect(taken.parcels).toEqual([])
    expect(box.look(taken, slot('A1'))).toMatchObject({ state: 'draft', draft: { mark_id: 'mrk_A1' } })
  })

  it('acknowledging twice changes nothing more', () => {
    const sent = box.leave(submitAll(typed(EMPTY, 'A1', 2), 'k1'), 'k1')
    const once = box.acknowledge(sent, 'k1', accepted('A1'), again)
    expect(box.acknowledge(once, 'k1', accepted('A1'), again)).toBe(once)
  })

  it('sends what an answer left out again, in a parcel of its own with the same mark id', () => {
    const sent = box.leave(submitAll(typed(typed(EMPTY, 'A1', 2), 'A2', 1), 'k1'), 'k1')
    const partly = box.acknowledge(sent, 'k1', accepted('A1'), again)
    expect(partly.parcels).toHaveLength(1)
    expect(partly.parcels[0]).toMatchObject({ key: 'key_again', state: 'queued', next_try_at: 5000, marks: [{ id: 'mrk_A2' }] })
    expect(box.look(partly, slot('A1')).state).toBe('acknowledged')
  })
})

describe('order', () => {
  it('within a run nothing overtakes; another run may go', () => {
    let now = submitAll(typed(EMPTY, 'A1', 2), 'k1')
    now = submitAll(typed(now, 'A1', 3, 'mrk_fix', { replaces: 'mrk_A1', reason: '改' }), 'k2')
    now = box.type(now, slot('B1', 1, 'run_2'), { value: level(1) }, { mark_id: 'mrk_B1', now: 1 })
    now = submitAll(now, 'k3')
    expect(box.nextToSend(now, 'acc_li', 999)?.key).toBe('k1')
    now = box.fail(box.leave(now, 'k1'), 'k1', 'hall_busy', 5000)
    expect(box.nextToSend(now, 'acc_li', 999)?.key).toBe('k3')
    now = box.acknowledge(box.leave(now, 'k3'), 'k3', [{ id: 'mrk_B1', aspect: 'B1', given: '1.00', position: 1 }], again)
    expect(box.nextToSend(now, 'acc_li', 999)).toBeNull()
    expect(box.nextTryAt(now, 'acc_li')).toBe(5000)
  })

  it('never sends for another account, but counts what it left', () => {
    const now = submitAll(typed(EMPTY, 'A1', 2), 'k1')
    expect(box.nextToSend(now, 'acc_wang', 999)).toBeNull()
    expect(box.leftByOthers(now, 'acc_wang')).toEqual({ acc_li: 1 })
    expect(box.unsent(now, 'acc_wang').count).toBe(0)
  })
})

describe('refusals', () => {
  /** A1: a mark on its way, a correction of it behind, and a correction of that being typed. */
  const chain = (replaces: string | null = null) => {
    let now = box.leave(submitAll(typed(EMPTY, 'A1', 1, 'mrk_1', replaces ? { replaces, reason: '一' } : {}), 'k1'), 'k1')
    now = submitAll(typed(now, 'A1', 2, 'mrk_2', { replaces: 'mrk_1', reason: '二' }), 'k2')
    return typed(now, 'A1', 3, 'mrk_3', { replaces: 'mrk_2', reason: '三', note: '最新' })
  }

  it('never put an older value over what was typed last', () => {
    const back = box.refuse(chain(), 'k1', problem('mark_out_of_range'))
    expect(back.parcels).toEqual([])
    expect(Object.values(back.drafts)).toMatchObject([{ value: level(3), reason: '三', note: '最新', replaces: null, fault: { own: true } }])
  })

  it('a correction behind a refused correction replaces what that one was to replace', () => {
    const back = box.refuse(chain('mrk_0'), 'k1', problem('mark_out_of_range'))
    expect(Object.values(back.drafts)).toMatchObject([{ value: level(3), replaces: 'mrk_0' }])
    let queued = box.leave(submitAll(typed(EMPTY, 'A1', 1, 'mrk_1', { replaces: 'mrk_0', reason: '一' }), 'k1'), 'k1')
    queued = submitAll(typed(queued, 'A1', 2, 'mrk_2', { replaces: 'mrk_1', reason: '二' }), 'k2')
    expect(Object.values(box.refuse(queued, 'k1', problem('x')).drafts)).toMatchObject([{ value: level(2), replaces: 'mrk_0', reason: '二' }])
  })

  it('a mark that is taken back takes its waiting correction with it, newest value first', () => {
    const queued = submitAll(typed(submitAll(typed(EMPTY, 'A1', 1, 'mrk_1'), 'k1'), 'A1', 2, 'mrk_2', { replaces: 'mrk_1', reason: '二' }), 'k2')
    const back = box.withdraw(queued, 'k1')
    expect(back.parcels).toEqual([])
    expect(Object.values(back.drafts)).toMatchObject([{ value: level(2), replaces: null }])
  })

  it('name the field, keep every draft, and tell the held-back ones apart', () => {
    const sent = box.leave(submitAll(typed(typed(EMPTY, 'A1', 2), 'A2', 3), 'k1'), 'k1')
    const back = box.refuse(
      sent,
      'k1',
      problem('mark_out_of_range', [{ path: 'marks[1].value', detail: { zh: '超出', en: 'Too high' } }]),
    )
    expect(back.parcels).toEqual([])
    expect(box.look(back, slot('A1')).draft?.fault).toMatchObject({ own: false })
    expect(box.look(back, slot('A2')).draft?.fault).toMatchObject({ own: true, what: { en: 'Too high' }, advice: { en: 'Mend it' } })
    const mended = typed(back, 'A2', 1)
    expect(box.look(mended, slot('A2')).draft?.fault).toBeNull()
  })

  it('keep what was typed meanwhile, and free the correction behind a refused mark', () => {
    let now = submitAll(typed(EMPTY, 'A1', 2), 'k1')
    now = submitAll(typed(now, 'A1', 3, 'mrk_fix', { replaces: 'mrk_A1', reason: '改' }), 'k2')
    now = box.refuse(box.leave(now, 'k1'), 'k1', problem('contest_not_open'))
    expect(now.parcels).toEqual([])
    expect(box.look(now, slot('A1')).draft).toMatchObject({ mark_id: 'mrk_A1', value: level(3), replaces: null })
  })

  it('keep the text of a refused report until it is put away', () => {
    const what = { account: 'acc_li', contest: 'con_a', run: 'run_1', aspect: null, text: '护栏松了' }
    let now = box.leave(box.report(EMPTY, what, { key: 'p1', now: 1 }), 'p1')
    now = box.refuse(now, 'p1', problem('contest_not_open'))
    expect(now.returned['p1']).toMatchObject({ text: '护栏松了', fault: { code: 'contest_not_open' } })
    expect(box.putAway(now, 'p1').returned).toEqual({})
  })
})

it('says since when the oldest waits', () => {
  let now = submitAll(typed(EMPTY, 'A1', 2), 'k1', 700)
  now = submitAll(typed(now, 'A2', 2), 'k2', 900)
  expect(box.unsent(now, 'acc_li')).toEqual({ count: 2, since: 700, failure: null })
})

it('forgets old receipts only', () => {
  const done = box.acknowledge(box.leave(submitAll(typed(EMPTY, 'A1', 2), 'k1'), 'k1'), 'k1', accepted('A1'), again)
  expect(box.forgetReceipts(done, 300)).toBe(done)
  expect(box.forgetReceipts(done, 301).receipts).toEqual({})
})
