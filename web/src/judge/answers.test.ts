import { expect, it } from 'vitest'
import { unread } from './answers'
import type { Reported } from './wire'

const report = (problem: number, mine: boolean, answer: string | null): Reported => ({
  problem, run: 'run_1', entry_no: 'E1', station: 'S01', aspect: null, text: '看到问题', at_ms: 1, mine, by: null,
  settled: answer === null ? null : { answer, by: '裁判长', at_ms: 2 },
})

it('shows a judge the answers to his own reports until he has put them away', () => {
  const all = [report(9, true, '已补发'), report(8, true, null), report(7, false, '别人的'), report(6, true, '已处理')]
  expect(unread(all, 'con_a', []).map((each) => each.problem)).toEqual([9, 6])
  expect(unread(all, 'con_a', ['con_a/9', 'con_b/6']).map((each) => each.problem)).toEqual([6])
})
