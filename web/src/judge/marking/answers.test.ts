import { expect, it } from 'vitest'
import type { How, RuleQuestion } from '../wire'
import { worthOf, type Answers } from './answers'

const ask = (rule: string, more: Partial<RuleQuestion> = {}): RuleQuestion => ({ rule, says: { zh: rule, en: rule }, met: '1.00', missed: null, once: false, at_most: null, min_total: null, gate: [], ...more })
/** The cases of `contest/src/by_hand.rs`: the tablet and the hall reckon alike. */
const questions = [
  ask('gripped', { at_most: '3.00' }),
  ask('stopped', { met: '-0.50', at_most: '2.00' }),
  ask('held', { met: '2.00', missed: '-1.00', once: true, gate: ['gripped'] }),
  ask('fast', { met: null, at_most: '3.00' }),
]
const how = (starts_at: string): Extract<How, { kind: 'automatic' }> => ({ kind: 'automatic', rules: [], starts_at, questions })
const answers = (gripped: number, stopped: number, held: [number, number], fast: string): Answers => ({ gripped: { met: gripped }, stopped: { met: stopped }, held: { met: held[0], missed: held[1] }, fast: { met: 0, marks: fast } })

it.each<[Answers, string, number | null]>([
  [answers(0, 0, [0, 0], '0'), '0.00', 0],
  [answers(9, 0, [0, 0], '0'), '0.00', 300],
  [answers(2, 1, [1, 0], '0.25'), '0.00', 375],
  [answers(2, 0, [0, 1], '0'), '0.00', 100],
  [answers(0, 0, [1, 0], '0'), '0.00', 0],
  [answers(0, 3, [0, 0], '0'), '10.00', 850],
  [answers(0, 0, [1, 1], '0'), '0.00', null],
  [answers(0, 0, [0, 0], ''), '0.00', null],
  [{}, '0.00', null],
])('%j from %s is worth %s', (given, from, worth) => {
  expect(worthOf(how(from), given, 1000)).toBe(worth)
})
