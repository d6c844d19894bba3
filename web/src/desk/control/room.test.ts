import { expect, it } from 'vitest'
import { actsOn, alarmRows, filtered, judgeRows, nextStates, runRows, settledRows } from './room'
import type { Alarm, RunClock, SheetState } from '@shared/live/wire'

const clock = (station: string, state: RunClock['state']): RunClock => ({ station, no: '1', module: 'A', state, elapsed_ms: 0, at: 0, added_ms: 0 })
const sheet = (given: number): SheetState => ({ no: '1', module: 'A', station: 'S1', expected: 3, given, missing: [], unmanned: 0 })
const alarm = (kind: Alarm['kind'], at: number): Alarm => ({ kind, no: '1', aspect: 'A1', detail: { zh: '', en: '' }, at })

it('puts stopped clocks first, stations in the order people count, and finds closed runs that still owe marks', () => {
  const rows = runRows([['r1', clock('S10', 'open')], ['r2', clock('S2', 'open')], ['r3', clock('S3', 'stopped')], ['r4', clock('S1', 'closed')]], [['r4', sheet(1)], ['r1', sheet(1)]], [['r2/A1', alarm('spread', 1)]])
  expect(rows.map((row) => row.run)).toEqual(['r3', 'r2', 'r1', 'r4'])
  expect(rows[1]?.alarms).toBe(1)
  expect(filtered(rows, 'missing').map((row) => row.run)).toEqual(['r4'])
  expect(filtered(rows, 'under_way')).toHaveLength(3)
})

it('shows judges with unsent marks, then the absent', () => {
  const judge = (name: string, seen_at: number | null, unsent = 0) => ({ name, venue: null, seen_at, unsent })
  const rows = judgeRows([['a', judge('甲', 99_000)], ['b', judge('乙', null)], ['c', judge('丙', 99_000, 3)]], 100_000)
  expect(rows.map((row) => row.account)).toEqual(['c', 'b', 'a'])
})

it('shows problems before spreads, the oldest first', () => {
  expect(alarmRows([['r/1', alarm('spread', 1)], ['r/2', alarm('problem', 9)], ['r/3', alarm('problem', 2)]]).map((each) => each.key)).toEqual(['r/3', 'r/2', 'r/1'])
})

it('counts what is settled no more, and shows it apart, the newest answer first', () => {
  const settled = (at: number): Alarm => ({ ...alarm('problem', 1), settled: { by: '裁判长', at, answer: '已处理' } })
  const all: [string, Alarm][] = [['r/1', settled(5)], ['r/2', settled(7)], ['r/3', { ...alarm('problem', 3), settled: null }]]
  expect(alarmRows(all).map((each) => each.key)).toEqual(['r/3'])
  expect(settledRows(all).map((each) => each.key)).toEqual(['r/2', 'r/1'])
  expect(runRows([['r', clock('S1', 'open')]], [], all)[0]?.alarms).toBe(1)
})

it('offers only what the state allows', () => {
  expect([actsOn('waiting'), actsOn('closed'), nextStates('final')]).toEqual([['start'], [], []])
  expect(nextStates('frozen')).toEqual(['live', 'review'])
})
