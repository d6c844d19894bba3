import { expect, it } from 'vitest'
import { decimal, faultOf, measure, millionths, stepped, worth } from './value'
import type { How } from '../wire'

const text = { zh: '', en: '' }
const levels: How = { kind: 'levels', levels: [text, text, text, text], judges: 3, spread_max: 1 }
const panel: How = { kind: 'panel', judges: 5, drop_extremes: true, step: '0.10' }
const tolerance = { kind: 'tolerance', unit: 'mm', target: '10.00', full: '0.05', zero: '0.20' } as const
const steps: How = { kind: 'steps', steps: [{ code: 'a', name: text, marks: '1' }, { code: 'b', name: text, marks: '2' }] }
const deductions: How = { kind: 'deductions', deductions: [{ code: 'late', name: text, marks: '0.50' }] }

it.each([
  [{ kind: 'level', level: 0 }, levels, 300, 0],
  [{ kind: 'level', level: 2 }, levels, 400, 267],
  [{ kind: 'level', level: 3 }, levels, 400, 400],
  [{ kind: 'level', level: 4 }, levels, 400, null],
  [{ kind: 'yes_no', yes: false }, { kind: 'yes_no' }, 200, 0],
  [{ kind: 'yes_no', yes: true }, { kind: 'yes_no' }, 200, 200],
  [{ kind: 'marks', marks: '2.5' }, panel, 400, 250],
  [{ kind: 'marks', marks: '4.01' }, panel, 400, null],
  [{ kind: 'steps', met: ['b', 'unknown'] }, steps, 300, 200],
  [{ kind: 'deductions', counts: { late: 3 } }, deductions, 200, 50],
  [{ kind: 'deductions', counts: { late: 9 } }, deductions, 200, 0],
  [null, deductions, 200, null],
] as const)('%j is worth %#', (value, how, max, expected) => {
  expect(worth(value as never, how as How, max)).toBe(expected)
})

it('follows the tolerance: full within, none beyond, a straight line between', () => {
  const cases = [['10.05', 'full', 300], ['9.95', 'full', 300], ['10.125', 'part', 150], ['9.80', 'none', 0], ['12', 'none', 0]] as const
  for (const [value, verdict, mark] of cases) {
    expect(measure(value, tolerance, 300), value).toMatchObject({ verdict, worth: mark })
  }
  expect(measure('ten', tolerance, 300)).toBeNull()
})

it('reads decimals exactly', () => {
  expect(millionths('10.05')! - millionths('10')!).toBe(50_000)
  expect(['-0.5', '−0.5', '1e9', '', '1.2345678', 'NaN'].map(millionths)).toEqual([-500_000, -500_000, null, null, null, null])
  expect([20_000, -1_500_000, 0, 7_000_000].map(decimal)).toEqual(['0.02', '−1.5', '0', '7'])
})

it('finds what the hall would refuse', () => {
  const marks = (text: string) => ({ kind: 'marks' as const, marks: text })
  expect(['2.50', '2.55', '4.10', '-1', 'x'].map((each) => faultOf(marks(each), panel, 400))).toEqual([
    null, 'off_step', 'too_high', 'below_zero', 'not_a_number',
  ])
})

it('steps a panel mark and never leaves its range', () => {
  expect(stepped(null, 1, 10, 400)).toBe(0)
  expect(stepped(null, -1, 10, 400)).toBe(400)
  expect(stepped(400, 1, 10, 400)).toBe(400)
  expect(stepped(0, -1, 10, 400)).toBe(0)
  expect(stepped(255, 1, 10, 400)).toBe(260)
})
