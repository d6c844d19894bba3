import { expect, it } from 'vitest'
import * as outbox from '../outbox/outbox'
import { EMPTY } from '../outbox/outbox'
import type { Sheet, SheetAspect } from '../wire'
import { isAsked, lineOf, markedElsewhere, progressOf, standsAs } from './line'

const text = { zh: '', en: '' }
const where = { account: 'acc_li', contest: 'con_a', run: 'run_1' }
const aspect = (more: Partial<SheetAspect> = {}): SheetAspect => ({
  code: 'A1', name: text, criterion: { code: 'A', name: text }, type: 'measurement', max: '2.00', abilities: [], how: { kind: 'yes_no' },
  assigned: true, before: [], round: 1, rounds: [{ round: 1, reason: null, open: true }], mine: null, mark: null, state: 'waiting', policy: null, verdicts: [], ...more,
})
const yes = { kind: 'yes_no' as const, yes: true }
const no = { kind: 'yes_no' as const, yes: false }
const slot = { ...where, aspect: 'A1', round: 1 }
const drafted = (value: typeof yes, more = {}) => outbox.type(EMPTY, slot, { value, ...more }, { mark_id: 'mrk_1', now: 1 })
const mine = { id: 'mrk_0', value: yes, given: '2.00', note: null, round: 1 }

it('a blank counts as open, a given 0 as filled', () => {
  expect(progressOf([lineOf(EMPTY, aspect(), where, 0)])).toMatchObject({ asked: 1, filled: 0, total: 0, max: 200 })
  expect(progressOf([lineOf(drafted(no as never), aspect(), where, 0)])).toMatchObject({ asked: 1, filled: 1, total: 0 })
})

it("shows the hall's mark when this tablet holds nothing, and then only a correction may change it", () => {
  const line = lineOf(EMPTY, aspect({ mine }), where, 0)
  expect(line).toMatchObject({ state: 'acknowledged', value: yes, given: 200, editable: false })
  const fixing = lineOf(drafted(no as never, { replaces: 'mrk_0' }), aspect({ mine }), where, 0)
  expect(fixing).toMatchObject({ state: 'draft', correcting: true, ready: false, given: 0, elsewhere: null })
})

it('a correction whose value was cleared stays a correction: it can be typed again or put away', () => {
  const cleared = outbox.type(drafted(no as never, { replaces: 'mrk_0' }), slot, { value: null }, { mark_id: '-', now: 2 })
  expect(lineOf(cleared, aspect({ mine }), where, 0)).toMatchObject({ state: 'draft', correcting: true, editable: true, ready: false, value: null, standing: { id: 'mrk_0' } })
  expect(lineOf(outbox.discard(cleared, outbox.slotKey(slot)), aspect({ mine }), where, 0)).toMatchObject({ state: 'acknowledged', draft: null })
  expect(progressOf([lineOf(cleared, aspect({ mine }), where, 0)]).filled).toBe(0)
})

it('warns when another tablet of the same judge was faster, and keeps the draft', () => {
  const line = lineOf(drafted(no as never), aspect({ mine }), where, 0)
  expect(line).toMatchObject({ elsewhere: { id: 'mrk_0' }, ready: false, value: no, editable: true })
})

it('believes a receipt over an older sheet', () => {
  let box = outbox.submit(drafted(yes), [outbox.slotKey(slot)], { key: 'k', now: 2, iso: '' })
  expect(lineOf(box, aspect(), where, 0)).toMatchObject({ state: 'queued', editable: false, given: 200 })
  box = outbox.acknowledge(box, 'k', [{ id: 'mrk_1', aspect: 'A1', given: '2.00', position: 5 }], { now: 9, again: 'x', again_at: 9 })
  expect(lineOf(box, aspect({ mine }), where, 5).standing?.id).toBe('mrk_1')
  expect(lineOf(box, aspect({ mine }), where, 20).standing?.id).toBe('mrk_0')
})

it('a new round starts blank, whatever the first one was', () => {
  const second = aspect({ round: 2, rounds: [{ round: 1, reason: null, open: false }, { round: 2, reason: text, open: true }], mine })
  expect(lineOf(EMPTY, second, where, 0)).toMatchObject({ state: 'blank', value: null, editable: true })
})

it('asks a judge about an automatic aspect when the referee could not tell, or only watches', () => {
  const automatic = (outcome: 'met' | 'undecided', policy: SheetAspect['policy'] = 'automatic') =>
    aspect({ type: 'automatic', policy, how: { kind: 'automatic', rules: [] }, verdicts: [{ id: 'v', rule: 'r', outcome, marks: '0.00', standing: 'counted', waits: false, at_ms: 0, evidence: { sentence: text } }] })
  expect([isAsked(automatic('met')), isAsked(automatic('undecided')), isAsked(automatic('met', 'shadow')), isAsked(automatic('met', 'off'))]).toEqual([false, true, true, true])
  // Another judge has marked it by hand: no seat is left.
  expect(isAsked({ ...automatic('undecided'), assigned: false })).toBe(false)
  expect(isAsked(aspect({ type: 'theory', how: { kind: 'imported' } }))).toBe(false)
})

it('a draft of what is no longer his is still there, can be discarded, and is never ready to be sent', () => {
  const refused = outbox.refuse(outbox.submit(drafted(yes), [outbox.slotKey(slot)], { key: 'k', now: 2, iso: '' }), 'k', { code: 'not_on_panel', status: 403, title: { zh: '不是您的', en: 'Not yours' } })
  const verdict = (standing: 'waiting' | 'amended') => ({ id: 'v', rule: 'r', outcome: 'undecided' as const, marks: '0.00', standing, waits: false, at_ms: 0, evidence: { sentence: text } })
  const automatic = { type: 'automatic' as const, policy: 'automatic' as const, how: { kind: 'automatic' as const, rules: [] } }
  for (const more of [{ assigned: false }, { ...automatic, assigned: false, verdicts: [verdict('waiting')] }, { ...automatic, verdicts: [verdict('amended')] }]) {
    const line = lineOf(refused, aspect(more), where, 0)
    expect(line).toMatchObject({ asked: false, state: 'refused', editable: false, draft: { value: yes, fault: { code: 'not_on_panel' } } })
    expect([progressOf([line]).ready, progressOf([line]).unready, standsAs(line)]).toEqual([[], [], 'slot.refused'])
    expect(lineOf(outbox.discard(refused, outbox.slotKey(line.slot)), aspect(more), where, 0)).toMatchObject({ draft: null, state: 'blank' })
  }
})

it('what is not his to fill is not called blank', () => {
  const says = (more: Partial<SheetAspect>) => standsAs(lineOf(EMPTY, aspect(more), where, 0))
  const automatic = (...outcomes: ('met' | 'undecided')[]): Partial<SheetAspect> => ({
    type: 'automatic', policy: 'automatic', how: { kind: 'automatic', rules: [] }, assigned: false,
    verdicts: outcomes.map((outcome) => ({ id: 'v', rule: 'r', outcome, marks: '0.00', standing: 'counted', waits: false, at_ms: 0, evidence: { sentence: text } })),
  })
  expect([says({}), says({ mine }), says({ assigned: false })]).toEqual(['slot.blank', 'slot.acknowledged', 'ofOthers'])
  expect([says(automatic()), says(automatic('met')), says(automatic('undecided')), says({ ...automatic('undecided'), assigned: true })]).toEqual(['side.referee', 'side.referee', 'ofOthers', 'slot.blank'])
  expect(says({ ...automatic('met'), policy: 'shadow' })).toBe('ofOthers')
  expect(says({ type: 'theory', how: { kind: 'imported' } })).toBe('side.imported')
})

it('a closed round takes nothing new', () => {
  expect(lineOf(EMPTY, aspect({ rounds: [{ round: 1, reason: null, open: false }] }), where, 0).editable).toBe(false)
})

it('notices a mark that another tablet of the same judge sent, and not its own', () => {
  const sheet = (found: SheetAspect['mine'], run = 'run_1') => ({ run, aspects: [aspect({ mine: found })] }) as unknown as Sheet
  expect(markedElsewhere(sheet(null), sheet(mine), EMPTY)).toEqual(['A1'])
  expect(markedElsewhere(sheet(mine), sheet(mine), EMPTY)).toEqual([])
  expect(markedElsewhere(null, sheet(mine), EMPTY)).toEqual([])
  expect(markedElsewhere(sheet(null, 'run_2'), sheet(mine), EMPTY)).toEqual([])
  const sent = outbox.submit(drafted(yes), [outbox.slotKey(slot)], { key: 'k', now: 2, iso: '' })
  expect(markedElsewhere(sheet(null), sheet({ ...mine, id: 'mrk_1' }), sent)).toEqual([])
})
