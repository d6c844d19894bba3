import { expect, it } from 'vitest'
import { causesOf, type Waiting } from './causes'
import { sheetAddress, whoseIs } from './panel'

const LI: [string, string] = ['acc_li', '李']
const WANG: [string, string] = ['acc_wang', '王']
const waiting = (aspect: string, by_hand: Waiting['by_hand'], at = 1): Waiting => ({ id: `${aspect}-${at}`, run: 'run_1', no: '101', aspect, rule: 'lost-grip', at, marks: 0, outcome: 'undecided', unknown: [], by_hand, sentence: { zh: '', en: '' } })
const whose = (account: string | undefined, ...verdicts: Waiting[]) => whoseIs(causesOf(verdicts)[0]!, account)

it('names who may mark by hand, each once', () => {
  expect(whose('acc_chief', waiting('A1', [LI, WANG]), waiting('A1', [LI, WANG], 2), waiting('A2', [LI, WANG]))).toEqual({ hands: [{ aspects: ['A1', 'A2'], names: ['李', '王'] }], names: ['李', '王'], mine: false })
})

it('aspects with other judges stand apart, and so do those that nobody may mark', () => {
  expect(whose('acc_wang', waiting('A1', [LI, WANG]), waiting('A2', [LI]), waiting('A3', []), waiting('A10', [LI]))).toEqual({
    hands: [{ aspects: ['A1'], names: ['李', '王'] }, { aspects: ['A2', 'A10'], names: ['李'] }, { aspects: ['A3'], names: [] }],
    names: ['李', '王'],
    mine: true,
  })
})

it('two judges of one name are two', () => {
  expect(whose(undefined, waiting('A1', [LI, ['acc_li_2', '李']])).names).toEqual(['李', '李'])
})

it('whoever is among them is led to his sheet, and nobody else', () => {
  const mine = (account: string | undefined) => whose(account, waiting('A1', [LI])).mine
  expect([mine('acc_li'), mine('acc_wang'), mine(undefined)]).toEqual([true, false, false])
  expect(whose('acc_li', waiting('A1', []))).toEqual({ hands: [{ aspects: ['A1'], names: [] }], names: [], mine: false })
})

it('the address is the tablet’s', () => {
  expect(sheetAddress('con_a', 'run_1')).toBe('/judge/contests/con_a/runs/run_1')
})
