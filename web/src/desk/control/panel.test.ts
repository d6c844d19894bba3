import { expect, it } from 'vitest'
import type { JudgePresence, SheetState } from '@shared/live/wire'
import type { JudgeRow } from '../wire'
import { sheetAddress, whoHas } from './panel'
import type { RunRow } from './room'

const row = (missing: SheetState['missing'] = [], more: Partial<RunRow> = {}): RunRow => ({ run: 'run_1', station: 'S1', no: '101', module: 'C', state: 'closed', elapsed_ms: 0, at: 0, added_ms: 0, venue: 'ven_east', alarms: 0, requests: [], sheet: { no: '101', module: 'C', station: 'S1', expected: 3, given: 1, missing, unmanned: 0 }, ...more })
const presence = (name: string, venue = 'ven_east', excused = false): JudgePresence => ({ name, venue, seen_at: null, unsent: 0, excused })
const judges: [string, JudgePresence][] = [['acc_li', presence('李')], ['acc_wang', presence('王')], ['acc_sun', presence('孙', 'ven_west')], ['acc_he', presence('何', 'ven_east', true)]]
const listed = [['acc_li', ['C']], ['acc_wang', ['A']], ['acc_sun', []], ['acc_he', []]].map(([account, modules]) => ({ account, modules }) as JudgeRow)

it('names who owes marks of the run: the hall says that he is on its panel', () => {
  expect(whoHas(row([{ judge: '李', count: 2 }, { judge: '王', count: 1 }]), 'acc_chief', judges, listed)).toEqual({ owing: ['李', '王'], among: [], mine: false })
  expect(whoHas(row([{ judge: '王', count: 1 }]), 'acc_wang', judges, listed), 'and who else may sit there').toEqual({ owing: ['王'], among: ['李'], mine: true })
})

it('where nobody owes: judges of the venue and the module, without those who are excused', () => {
  expect(whoHas(row(), 'acc_chief', judges, listed)).toEqual({ owing: [], among: ['李'], mine: false })
  expect(whoHas(row([], { sheet: null, venue: 'ven_west' }), undefined, judges, listed).among).toEqual(['孙'])
})

it('names nobody by guess for who may not read the judges, nor of a run that is gone', () => {
  expect(whoHas(row(), 'acc_chief', judges, null).among).toEqual([])
  expect(whoHas(undefined, 'acc_li', judges, listed)).toEqual({ owing: [], among: [], mine: false })
})

it('a judge of the venue and the module is led to his sheet, and nobody else', () => {
  const mine = (account: string, among: JudgeRow[] | null = listed) => whoHas(row(), account, judges, among).mine
  expect([mine('acc_li'), mine('acc_wang'), mine('acc_sun'), mine('acc_he'), mine('acc_chief')]).toEqual([true, false, false, false, false])
  // Without the list of judges the sheet itself says what is his.
  expect(mine('acc_wang', null)).toBe(true)
})

it('the address is the tablet’s', () => {
  expect(sheetAddress('con_a', 'run_1')).toBe('/judge/contests/con_a/runs/run_1')
})
