import { expect, it } from 'vitest'
import { percent, ripe } from './agreement'
import { keptFrom } from './kept'
import { byChange, deltaOf, older, pinsOf, rankMoved, signed, touched, turned } from './tried'
import type { RunTried, VerdictTried } from './wire'

const verdict = (change: VerdictTried['change'], at = 5, rule = 'grip'): VerdictTried => ({ rule, aspect: 'A1', event_at: at * 1e6, outcome: 'met', marks: '0.60', change, was: null, sentence: { zh: '', en: '' }, from: 0, to: at * 1e6, samples: [] })
const run = (before: string, after: string, ...verdicts: VerdictTried[]): RunTried => ({ run: 'run_1', entry_no: 'A01', station: 'S1', module: 'A', state: 'closed', version: 1, before, after, verdicts })

it.each([['70.00', '70.60', '+0.60'], ['3.00', '2.00', '−1.00'], ['0.05', '0.00', '−0.05'], ['1.00', '1.00', '±0'], ['-1.00', '2.50', '+3.50']])('%s → %s is %s', (before, after, said) => {
  expect(signed(deltaOf({ before, after }))).toBe(said)
})

it('the greatest change is first, whichever way; numbers in the order people count', () => {
  const rows = [['A10', '1.00', '1.50'], ['A2', '1.00', '1.50'], ['A3', '5.00', '3.00'], ['A4', '2.00', '2.00']].map(([entry_no, before, after]) => ({ entry_no: entry_no as string, before: before as string, after: after as string }))
  expect(byChange(rows).map((row) => row.entry_no)).toEqual(['A3', 'A2', 'A10', 'A4'])
  expect(rows[0]?.entry_no, 'what came in stays as it is').toBe('A10')
})

it('counts what became of verdicts, and finds runs that are touched though their sum is the same', () => {
  const runs = [run('1.00', '1.00', verdict('same'), verdict('new'), verdict('gone')), run('1.00', '1.00', verdict('same')), run('1.00', '0.00', verdict('other'))]
  expect(turned(runs)).toEqual({ same: 2, new: 1, gone: 1, other: 1 })
  expect(runs.map(touched)).toEqual([true, false, true])
})

it.each([[1, 2, true], [2, 2, false], [3, 2, false]])('a run judged by version %s while %s is in force is an older one: %s', (version, inForce, said) => {
  expect(older({ version }, inForce)).toBe(said)
})

it('a better rank is a smaller one; without a rank nothing moved', () => {
  const row = { entry_no: 'A1', before: '1.00', after: '2.00' }
  expect([rankMoved({ ...row, rank_before: 8, rank_after: 3 }), rankMoved({ ...row, rank_before: 3, rank_after: 4 }), rankMoved({ ...row, rank_before: null, rank_after: 4 })]).toEqual([5, -1, 0])
})

it('each pin has a name of its own, also several of one rule at one instant, and of the old and the new', () => {
  const pins = pinsOf(run('0.00', '0.00', verdict('same'), verdict('same'), verdict('gone'), verdict('new', 6)))
  expect(new Set(pins.map((pin) => pin.id)).size).toBe(4)
  expect(pins.map((pin) => pin.at_ms)).toEqual([5, 5, 5, 6])
  // The same run tried again has the same names, so what was chosen stays chosen.
  expect(pinsOf(run('0.00', '0.00', verdict('same'))).at(0)?.id).toBe(pins[0]?.id)
})

it.each([
  [null, null], ['{', null], ['{"text":5,"base":"b"}', null], ['{"text":"  ","base":"b"}', null], ['{"text":"x"}', null], ['{"text":"x","base":"b"}', { text: 'x', base: 'b' }],
])('a draft kept as %s', (stored, found) => expect(keptFrom(stored)).toEqual(found))

it.each([[0.96, 'shadow', true], [0.95, 'confirm', true], [0.94, 'confirm', false], [0.99, 'automatic', false], [null, 'shadow', false]])('a lower bound of %s under %s is said: %s', (low, policy, said) => {
  expect(ripe({ low, policy })).toBe(said)
})
it('shares are said with one decimal at most', () => expect([0.5, 0.9672, 1].map(percent)).toEqual(['50\u00a0%', '96.7\u00a0%', '100\u00a0%']))
