import { expect, it, vi } from 'vitest'
import { HallProblem, HallUnreachable } from '@shared/api/http'
import type { Alarm } from '@shared/live/wire'
import { causesOf, forEach, toConfirm, undecided, undecidedAt, type Waiting } from './causes'
import { alarmRows } from './room'

const says = (en: string) => ({ zh: '', en })
const waiting = (id: string, at: number, more: Partial<Waiting> = {}): Waiting => ({ id, run: 'run_1', no: '101', aspect: 'A3.1', rule: 'lost-grip', at, marks: 0, outcome: 'undecided', unknown: [], by_hand: [], sentence: says(''), ...more })
const shown = (...verdicts: Waiting[]) => causesOf(verdicts).map((cause) => cause.verdicts.map(({ id }) => id))
const ids = (verdicts: readonly Waiting[]) => verdicts.map(({ id }) => id)

it('what can be confirmed stands apart from what a judge marks by hand, each the oldest first', () => {
  const all = [waiting('a', 5), waiting('x', 4, { outcome: 'met' }), waiting('b', 1), waiting('y', 2, { outcome: 'missed' })]
  expect(ids(toConfirm(all))).toEqual(['y', 'x'])
  expect(ids(undecided(all))).toEqual(['b', 'a'])
  expect(toConfirm(all).length + causesOf(all).reduce((sum, cause) => sum + cause.verdicts.length, 0), 'each is in one of them').toBe(all.length)
})

it('puts undecided verdicts of one rule in one run together, and no others', () => {
  expect(shown(waiting('a', 1), waiting('b', 5), waiting('c', 3))).toEqual([['a', 'c', 'b']])
  expect(shown(waiting('a', 1), waiting('b', 2, { run: 'run_2' }))).toEqual([['a'], ['b']])
  expect(shown(waiting('a', 1), waiting('b', 2, { outcome: 'missed' }), waiting('c', 3))).toEqual([['a', 'c']])
  expect(shown(waiting('a', 1), waiting('b', 2, { rule: 'cycle-time' }))).toEqual([['a'], ['b']])
  expect(shown()).toEqual([])
})

it('a signal that is gone is one cause for all rules that read it', () => {
  const cause = causesOf([waiting('a', 1, { unknown: ['grip_lost'] }), waiting('b', 2, { rule: 'smooth', aspect: 'A10.1', unknown: ['grip_lost'] }), waiting('c', 3, { rule: 'smooth', aspect: 'A10.1' })])[0]
  expect(cause).toMatchObject({ id: 'run_1/lost-grip', no: '101', aspects: ['A3.1', 'A10.1'], rules: ['lost-grip', 'smooth'], unknown: ['grip_lost'] })
  // The third shows that the first two were of one cause.
  expect(shown(waiting('a', 1), waiting('b', 2, { rule: 'smooth', unknown: ['force'] }), waiting('c', 3, { unknown: ['force'] }))).toEqual([['a', 'b', 'c']])
})

it('stands where its oldest verdict stands', () => {
  expect(shown(waiting('x', 2, { run: 'run_2' }), waiting('b', 9), waiting('y', 5, { run: 'run_3' }), waiting('a', 1))).toEqual([['a', 'b'], ['x'], ['y']])
})

it('an alarm that says the same once more is left out', () => {
  const alarm = (kind: Alarm['kind'], aspect = 'A3.1'): Alarm => ({ kind, no: '101', aspect, detail: says(''), at: 1 })
  const all: [string, Alarm][] = [['run_1/A3.1', alarm('undecided')], ['run_1/B1', alarm('undecided', 'B1')], ['run_1/C1', alarm('spread', 'C1')]]
  expect(alarmRows(all, undecidedAt([waiting('a', 1), waiting('b', 1, { aspect: 'C1', outcome: 'met' })])).map(({ key }) => key)).toEqual(['run_1/C1', 'run_1/B1'])
  expect(alarmRows(all)).toHaveLength(3)
})

it('decides one after the other, passes over what is decided already, and stops where no answer comes', async () => {
  const decided = new HallProblem({ code: 'verdict_decided', status: 409 } as never)
  const act = vi.fn<(id: string) => Promise<unknown>>().mockResolvedValueOnce({}).mockRejectedValueOnce(decided).mockResolvedValueOnce({})
  expect(await forEach(['a', 'b', 'c'], act)).toBe(1)
  const cut = vi.fn<(id: string) => Promise<unknown>>().mockResolvedValueOnce({}).mockRejectedValue(new HallUnreachable('cut'))
  await expect(forEach(['a', 'b', 'c'], cut)).rejects.toBeInstanceOf(HallUnreachable)
  expect(cut.mock.calls.map(([id]) => id)).toEqual(['a', 'b'])
})
